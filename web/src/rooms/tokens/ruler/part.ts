// Parts of the text by their place: cut out here when the page has the text, asked for when it is a file.

import { post } from "../../../lib/api/client";
import type { Source } from "../tokens-state.svelte";

export const MOST_SHOWN = 20_000;

/** The text from `start` to `end` in UTF-16 units, at most 20,000 characters of it. */
export async function part(source: Source, start: number, end: number, signal: AbortSignal): Promise<string> {
  if ("text" in source) return source.text.slice(start, Math.min(end, start + MOST_SHOWN));
  const answer = await post("/api/tokens/slice", { body: { source, utf16_start: start, utf16_end: end }, signal });
  return answer.text;
}
