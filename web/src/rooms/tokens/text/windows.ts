// Tokens of parts of a text, kept by blocks of its places.

import { unpack } from "../../../lib/arrays";
import type { Schema } from "../../../lib/api/client";

export type Entry = Schema<"TokenEntry">;
export type WindowAnswer = Schema<"WindowAnswer">;

/** UTF-16 units of a block: the size of one request. */
export const BLOCK = 16_384;

/** Tokens that follow each other: parallel arrays. Places are UTF-16 units and never go down. */
export interface TokenWindow {
  /** Number of the first token in the whole encoding. */
  first: number;
  ids: Uint32Array;
  starts: Uint32Array;
  ends: Uint32Array;
  /** 1 for tokens that cover nothing and are drawn by their spelling: the template's, and lone marks of a space. */
  chips: Uint8Array;
}

export interface Block extends TokenWindow {
  entries: Map<number, Entry>;
}

/** The block of a server's answer. */
export function block(answer: WindowAnswer): Block {
  const ids = unpack(answer.ids, "u4");
  const starts = unpack(answer.utf16_starts, "u4");
  const ends = unpack(answer.utf16_ends, "u4");
  const entries = new Map(answer.entries.map((entry) => [entry.id, entry]));
  const chips = new Uint8Array(ids.length);
  let highest = 0;
  for (let i = 0; i < ids.length; i++) {
    // A normalizer may hand out places a little out of order; a row is drawn from left to right.
    if ((starts[i] ?? 0) < highest) starts[i] = Math.min(highest, ends[i] ?? 0);
    highest = Math.max(highest, starts[i] ?? 0);
    const kind = entries.get(ids[i] ?? 0)?.kind;
    chips[i] = starts[i] === ends[i] && kind !== "byte" && kind !== "partial" ? 1 : 0;
  }
  return { first: answer.first, ids, starts, ends, chips, entries };
}

const lower = (array: Uint32Array, value: number, from = 0): number => {
  let low = from;
  let high = array.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((array[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The tokens of a block that touch [start, end). */
export function part(whole: Block, start: number, end: number): TokenWindow {
  // Ends go up as starts do, save where tokens share a character: begin a little early.
  let low = lower(whole.starts, start);
  while (low > 0 && ((whole.ends[low - 1] ?? 0) > start || whole.starts[low - 1] === whole.starts[low])) low--;
  const high = lower(whole.starts, end + 1, low);
  return {
    first: whole.first + low,
    ids: whole.ids.subarray(low, high),
    starts: whole.starts.subarray(low, high),
    ends: whole.ends.subarray(low, high),
    chips: whole.chips.subarray(low, high),
  };
}

/** Two windows of which the second goes on from the first, or overlaps it. */
export function joined(a: TokenWindow, b: TokenWindow): TokenWindow {
  const from = Math.max(0, a.first + a.ids.length - b.first);
  const join = (x: Uint32Array, y: Uint32Array): Uint32Array => {
    const out = new Uint32Array(x.length + Math.max(0, y.length - from));
    out.set(x);
    out.set(y.subarray(from), x.length);
    return out;
  };
  const chips = new Uint8Array(a.chips.length + Math.max(0, b.chips.length - from));
  chips.set(a.chips);
  chips.set(b.chips.subarray(from), a.chips.length);
  return { first: a.first, ids: join(a.ids, b.ids), starts: join(a.starts, b.starts), ends: join(a.ends, b.ends), chips };
}
