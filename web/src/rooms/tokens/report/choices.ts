// What a report is made of, as the panel keeps it and as the request has it.

import type { Schema } from "../../../lib/api/client";
import { dictionary, flag, oneOf, text } from "../kept";
import type { Source } from "../tokens-state.svelte";

export interface Choices {
  corpus: "text" | "files" | "none";
  files: string[];
  by: "language" | "script" | "file" | "column";
  column: string;
  textColumn: string;
  vocabulary: boolean;
}

/** The choices of a link. */
export function keptChoices(state: unknown): Choices {
  const kept = dictionary(state);
  const files = Array.isArray(kept["files"]) ? kept["files"].filter((id): id is string => typeof id === "string" && id !== "" && id.length <= 64) : [];
  return {
    corpus: oneOf(kept["corpus"], ["text", "files", "none"], "text"),
    files: files.slice(0, 2000),
    by: oneOf(kept["by"], ["language", "script", "file", "column"], "language"),
    column: text(kept["column"], "", 200),
    textColumn: text(kept["textColumn"], "", 200),
    vocabulary: flag(kept["vocabulary"], false),
  };
}

/** The request of a report: a file that is shown in the room is read as a file. */
export function request(choices: Choices, tokenizers: readonly string[], source: Source): Schema<"ReportRequest"> {
  const files = choices.corpus === "files" ? choices.files : choices.corpus === "text" && "file" in source ? [source.file] : [];
  const text = choices.corpus === "text" && "text" in source ? source.text : null;
  const by = choices.corpus === "files" || choices.by === "script" ? choices.by : "language";
  return {
    tokenizers: [...tokenizers],
    files,
    text,
    by,
    column: by === "column" ? choices.column.trim() : null,
    text_column: choices.corpus === "files" && choices.textColumn.trim() ? choices.textColumn.trim() : null,
    vocabulary: choices.vocabulary,
  };
}
