// Shades of a table of numbers.

/** Share of the way from `low` to `high`, 0 to 1; 0 for what is no number. */
export function share(value: number, low: number, high: number): number {
  if (!(high > low) || Number.isNaN(value)) return 0;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** The ends of a table, its diagonal left out where it is square: a thing is always like itself. */
export function range(values: Float32Array, rows: number, columns: number, diagonal: boolean): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = values[i * columns + j]!;
      if ((!diagonal && i === j) || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Red, green, blue and alpha of every cell, rows and columns in an order of their own. */
export function shades(
  values: Float32Array, columns: number, rowOrder: readonly number[], columnOrder: readonly number[],
  low: number, high: number, colour: readonly [number, number, number], diagonal: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(4 * rowOrder.length * columnOrder.length);
  let at = 0;
  for (const row of rowOrder) {
    for (const column of columnOrder) {
      const skip = !diagonal && row === column;
      out[at] = colour[0];
      out[at + 1] = colour[1];
      out[at + 2] = colour[2];
      out[at + 3] = skip ? 0 : 8 + 247 * share(values[row * columns + column]!, low, high);
      at += 4;
    }
  }
  return out;
}

/** Three numbers of a colour as the browser says it: #rgb, #rrggbb or rgb(...). */
export function parts(colour: string): [number, number, number] {
  const text = colour.trim();
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (hex) {
    const wide = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((at) => parseInt(wide.slice(at, at + 2), 16)) as [number, number, number];
  }
  const numbers = text.match(/[\d.]+/g)?.slice(0, 3).map(Number) ?? [];
  return numbers.length === 3 ? (numbers as [number, number, number]) : [49, 87, 213];
}
