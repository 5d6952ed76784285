// The looks worth drawing.

export interface Look {
  from: number;
  to: number;
  weight: number;
}

/** The strongest looks of one token (`from` -1: of all), at most `most`, the strongest first. */
export function strongest(table: Float32Array, n: number, from: number, most: number): Look[] {
  const rows = from < 0 ? Array.from({ length: n }, (_, i) => i) : [from];
  const found: Look[] = [];
  for (const row of rows) {
    for (let to = 0; to < n; to++) {
      const weight = table[row * n + to] ?? 0;
      if (weight > 0.004) found.push({ from: row, to, weight });
    }
  }
  return found.sort((a, b) => b.weight - a.weight || a.from - b.from || a.to - b.to).slice(0, most);
}
