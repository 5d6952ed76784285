// A text broken into rows of one height: any row can be found and drawn without those before it, in ten megabytes too.

/** Width of a character in pixels as it will be drawn. */
export type WidthOf = (code: number) => number;

const MOST_UNITS = 800; // of a row, however narrow its characters: marks without width must not make one endless row

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Whether nothing joins this character to a neighbour: letters, digits, ideographs, kana, syllables of Hangul. */
function stands(unit: number): boolean {
  return (unit >= 0x20 && unit < 0x300) || (unit >= 0x3041 && unit <= 0x3096) || (unit >= 0x30a0 && unit <= 0x30ff) || (unit >= 0x3400 && unit <= 0x9fff);
}

/** The last place not after `place` where no character seen as one (with its marks, joined emoji) is cut, above `least`. */
export function wholeBefore(text: string, place: number, least: number): number {
  if (place <= least || place >= text.length) return place;
  if (stands(text.charCodeAt(place)) && stands(text.charCodeAt(place - 1))) return place;
  const base = Math.max(least, place - 120);
  const found = segmenter.segment(text.slice(base, place + 120)).containing(place - base);
  const start = base + (found?.index ?? 0);
  if (start > least) return start;
  // One character longer than the row: cut it, but not inside a surrogate pair.
  const unit = text.charCodeAt(place);
  return unit >= 0xdc00 && unit <= 0xdfff && place - 1 > least ? place - 1 : place;
}

/** Whether a row may end after this character. */
function endsWord(code: number): boolean {
  return (
    code === 0x20 ||
    code === 0x09 ||
    code === 0x2d ||
    (code >= 0x2000 && code <= 0x200b) ||
    (code >= 0x3000 && code <= 0x30ff) ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xff00 && code <= 0xffef) ||
    code >= 0x1f300
  );
}

/**
 * Where rows begin, in UTF-16 units, and the text's length at the end: n rows give n + 1 numbers. A row ends after a line
 * feed, or where the next character would be wider than `room`: after the last space if there is one, never inside a
 * character with its marks. `indent` is taken from the first row.
 */
export function breakRows(text: string, widthOf: WidthOf, room: number, indent = 0): Uint32Array {
  let rows = new Uint32Array(Math.max(16, Math.ceil(text.length / 32)));
  let count = 1;
  const push = (place: number): void => {
    if (count === rows.length) {
      const longer = new Uint32Array(rows.length * 2);
      longer.set(rows);
      rows = longer;
    }
    rows[count++] = place;
  };
  let start = 0;
  let good = 0;
  let x = indent;
  let i = 0;
  while (i < text.length) {
    const unit = text.charCodeAt(i);
    if (unit === 0x0a) {
      push(++i);
      start = good = i;
      x = 0;
      continue;
    }
    const code = unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(i) ?? unit) : unit;
    const width = widthOf(code);
    if ((x + width > room || i - start >= MOST_UNITS) && i > start) {
      let place = wholeBefore(text, good > start ? good : i, start);
      if (place <= start) place = i;
      push(place);
      start = good = i = place;
      x = 0;
      continue;
    }
    x += width;
    i += code > 0xffff ? 2 : 1;
    if (endsWord(code)) good = i;
  }
  if (start < text.length || count === 1) push(text.length);
  return rows.slice(0, count);
}

/** The row that holds a place: the last that begins at or before it. */
export function rowAt(rows: Uint32Array, place: number): number {
  let low = 0;
  let high = rows.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
