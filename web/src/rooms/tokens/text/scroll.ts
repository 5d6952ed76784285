// A list of rows of one height that may be higher than browsers let an element be.

/** Above this an element's height is not reliable (Firefox ends at about 17 million pixels). */
const MOST_PIXELS = 8_000_000;

/** Where rows lie: `total` is the height of all, `canvas` that of the element that scrolls in their place. */
export interface Extent {
  total: number;
  canvas: number;
  view: number;
}

export function extent(rows: number, rowHeight: number, view: number): Extent {
  const total = rows * rowHeight;
  return { total, canvas: Math.min(total, MOST_PIXELS), view };
}

/** The place among all rows that a position of the scroll bar stands for. */
export function fromBar(bar: number, { total, canvas, view }: Extent): number {
  if (total <= canvas) return bar;
  const most = Math.max(1, canvas - view);
  return (Math.min(Math.max(0, bar), most) / most) * (total - view);
}

/** The position of the scroll bar for a place among all rows. */
export function toBar(place: number, { total, canvas, view }: Extent): number {
  if (total <= canvas) return place;
  return (clamp(place, { total, canvas, view }) / Math.max(1, total - view)) * Math.max(1, canvas - view);
}

/** A place that can be scrolled to. */
export function clamp(place: number, { total, view }: Extent): number {
  return Math.min(Math.max(0, place), Math.max(0, total - view));
}

/** Rows [first, last) to draw for a place, with `spare` rows above and below. */
export function visible(place: number, rowHeight: number, rows: number, view: number, spare: number): [number, number] {
  const first = Math.max(0, Math.floor(place / rowHeight) - spare);
  const last = Math.min(rows, Math.ceil((place + view) / rowHeight) + spare);
  return [Math.min(first, rows), Math.max(first, last)];
}
