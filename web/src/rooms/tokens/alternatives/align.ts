// Segmentations of one text, cut at the same places of the page so that rows stand under each other.

export interface Segmentation {
  ids: number[];
  tokens: string[];
  utf16_starts: number[];
  utf16_ends: number[];
}
export interface Cell {
  /** Ids and spellings of the tokens that share this stretch: several where each is a part of one character. */
  ids: number[];
  tokens: string[];
  text: string;
  /** Whether no token covers it (white space a tokenizer drops). */
  bare: boolean;
}

/** The text as stretches, each with its tokens: together they are the text, whatever the tokens leave out or share. */
export function align(text: string, one: Segmentation): Cell[] {
  const cells: Cell[] = [];
  let done = 0;
  let waiting: Pick<Cell, "ids" | "tokens"> = { ids: [], tokens: [] };
  one.ids.forEach((id, i) => {
    const [start, end] = [Math.max(done, one.utf16_starts[i] ?? done), one.utf16_ends[i] ?? done];
    const token = one.tokens[i] ?? "";
    if (end <= start && end <= done) {
      // A token without a stretch of its own: with the one before it when that ended here, else with the one after it.
      const last = cells.at(-1);
      const before = last !== undefined && !last.bare && (one.utf16_starts[i] ?? 0) < done;
      const target = before ? last : waiting;
      target.ids.push(id);
      target.tokens.push(token);
      return;
    }
    if (start > done) cells.push({ ids: [], tokens: [], text: text.slice(done, start), bare: true });
    cells.push({ ids: [...waiting.ids, id], tokens: [...waiting.tokens, token], text: text.slice(start, end), bare: false });
    waiting = { ids: [], tokens: [] };
    done = end;
  });
  if (waiting.ids.length) cells.push({ ...waiting, text: "", bare: false });
  if (done < text.length) cells.push({ ids: [], tokens: [], text: text.slice(done), bare: true });
  return cells;
}

/** How many times as likely as the best: e^(score - best), for log-probabilities. */
export function relative(score: number, best: number): number {
  return Math.exp(Math.min(0, score - best));
}
