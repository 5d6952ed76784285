// A square table of cosines, row after row: order of its rows, its extreme pairs, its colours.

/** The pairs (i < j) of largest and smallest value, `most` of each, best first; values that are no numbers are left out. */
export function extremes(values: ArrayLike<number>, n: number, most: number): { highest: [number, number, number][]; lowest: [number, number, number][] } {
  const pairs: [number, number, number][] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const value = values[i * n + j];
      if (value !== undefined && Number.isFinite(value)) pairs.push([i, j, value]);
    }
  }
  pairs.sort((a, b) => b[2] - a[2]);
  const count = Math.min(most, Math.floor(pairs.length / 2) || pairs.length);
  return { highest: pairs.slice(0, count), lowest: pairs.slice(pairs.length - count).reverse() };
}

/** The order of rows when words are put beside the words they are like, or as they were given. */
export function arrange(order: readonly number[], n: number, ordered: boolean): number[] {
  const whole = order.length === n && new Set(order).size === n && order.every((i) => i >= 0 && i < n);
  return ordered && whole ? [...order] : Array.from({ length: n }, (_, i) => i);
}

/** Share of the colour in a cell, in percent: stronger for larger values, and so weak that the text of the page stays readable. */
export function strength(value: number, dark = false): number {
  return Number.isFinite(value) ? Math.round(Math.min(1, Math.abs(value)) ** 1.25 * (dark ? 48 : 66)) : 0;
}

/** A cosine with two digits, without a sign before zero. */
export function twoDigits(value: number): string {
  return value.toFixed(2).replace(/^-(?=0\.00$)/, "").replace("-", "−");
}
