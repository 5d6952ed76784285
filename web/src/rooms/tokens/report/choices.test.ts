import { describe, expect, it } from "vitest";
import { keptChoices, request } from "./choices";

describe("choices of a report", () => {
  it("come from a link in the expected shape only", () => {
    expect(keptChoices({ corpus: "files", files: ["a", 3, ""], by: "column", column: "lang", vocabulary: true })).toEqual({
      corpus: "files", files: ["a"], by: "column", column: "lang", textColumn: "", vocabulary: true,
    });
    expect(keptChoices({ corpus: "x", files: "a", by: 3 })).toEqual({ corpus: "text", files: [], by: "language", column: "", textColumn: "", vocabulary: false });
  });

  it("become a request the server takes", () => {
    const choices = keptChoices({});
    expect(request(choices, ["t"], { text: "abc" })).toEqual({ tokenizers: ["t"], files: [], text: "abc", by: "language", column: null, text_column: null, vocabulary: false });
    expect(request(choices, ["t"], { file: "id" })).toMatchObject({ files: ["id"], text: null });
    expect(request({ ...choices, corpus: "none", files: ["a"] }, ["t"], { text: "abc" })).toMatchObject({ files: [], text: null });
    expect(request({ ...choices, corpus: "files", files: ["a", "b"], by: "column", column: " lang " }, ["t"], { text: "" })).toMatchObject({ files: ["a", "b"], by: "column", column: "lang" });
    // Groups by column need files.
    expect(request({ ...choices, by: "column", column: "lang" }, ["t"], { text: "x" })).toMatchObject({ by: "language", column: null });
  });
});
