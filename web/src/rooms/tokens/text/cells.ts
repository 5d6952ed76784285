// One row of the text cut into cells: what is drawn with one background. A cell is what one token covers, or one character
// that several tokens share, or text no token covers, or a token that covers nothing.

import type { TokenWindow } from "./windows";

export interface Cell {
  /** Place in the text, UTF-16 units. Equal for a token that covers nothing: it is drawn as a chip with its spelling. */
  start: number;
  end: number;
  /** Tokens [first, last) by their number in the encoding; equal where no token covers the text. */
  first: number;
  last: number;
  /** Whether the first token begins, and the last one ends, in this cell. */
  begins: boolean;
  ends: boolean;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const SIMPLE = /^[\x20-\x7e\n\t\u3041-\u3096\u30a0-\u30ff\u3400-\u9fff]*$/;

/** Places where characters begin, as people see characters; the row's end is the last. */
function characters(text: string, start: number, end: number): Uint32Array {
  const row = text.slice(start, end);
  if (SIMPLE.test(row)) return Uint32Array.from({ length: row.length + 1 }, (_, i) => start + i);
  const places = Array.from(segmenter.segment(row), (one) => start + one.index);
  places.push(end);
  return Uint32Array.from(places);
}

/** The cells of the row [start, end) in order. `atEnd`: the row is the text's last, and takes the tokens at its end. */
export function cells(text: string, start: number, end: number, window: TokenWindow, atEnd: boolean): Cell[] {
  const out: Cell[] = [];
  const places = characters(text, start, end);
  const { first: base, starts, ends, chips } = window;
  const count = starts.length;
  let low = 0;
  const chipsAt = (place: number, most: number): void => {
    for (; low < count && (chips[low] ? (starts[low] ?? 0) <= place : (ends[low] ?? 0) <= place && (starts[low] ?? 0) < place); low++) {
      if (chips[low] && starts[low] === place && low < most) {
        out.push({ start: place, end: place, first: base + low, last: base + low + 1, begins: true, ends: true });
      }
    }
  };
  for (let i = 0; i + 1 < places.length; i++) {
    const [from, to] = [places[i] ?? 0, places[i + 1] ?? 0];
    chipsAt(from, count);
    // Tokens of this character: those with something of it, and those without width that stand before it (bytes).
    let high = low;
    while (high < count && (starts[high] ?? 0) < to && !(chips[high] && (starts[high] ?? 0) > from)) high++;
    let lowest = low;
    while (lowest < high && (ends[lowest] ?? 0) <= from && starts[lowest] !== ends[lowest]) lowest++;
    const begins = lowest < high && (starts[lowest] ?? 0) >= from;
    const finishes = high > lowest && (ends[high - 1] ?? 0) <= to;
    const before = out.at(-1);
    if (before && before.end === from && before.start < before.end && before.first === base + lowest && before.last === base + high && !begins) {
      before.end = to;
      before.ends = finishes;
    } else if (before && lowest === high && before.first === before.last && before.end === from) {
      before.end = to;
    } else {
      out.push({ start: from, end: to, first: base + lowest, last: base + high, begins, ends: finishes });
    }
    while (low < count && !chips[low] && (ends[low] ?? 0) <= to && (starts[low] ?? 0) < to) low++;
  }
  if (atEnd || start === end) chipsAt(end, count);
  return out;
}
