// Where the tokens of a sentence stand on a line.

export interface Place {
  start: number;
  end: number;
  middle: number;
}

/** How wide a token is drawn: ideographs take twice the room of letters. */
export function widthOf(token: string): number {
  let units = 0;
  for (const char of token) units += char > "\u2e7f" ? 2 : 1;
  return Math.max(24, 14 + 7.3 * units);
}

/** Tokens side by side, with gaps that fill `width` where there is room, 4 to 28 pixels. */
export function spread(tokens: readonly string[], width: number): Place[] {
  const widths = tokens.map(widthOf);
  const sum = widths.reduce((total, one) => total + one, 0);
  const gap = Math.min(28, Math.max(4, (width - sum) / Math.max(1, tokens.length - 1)));
  let at = 0;
  return widths.map((one) => {
    const place = { start: at, end: at + one, middle: at + one / 2 };
    at += one + gap;
    return place;
  });
}

/** Where the last one ends. */
export function edges(places: readonly Place[]): number {
  return places[places.length - 1]?.end ?? 0;
}
