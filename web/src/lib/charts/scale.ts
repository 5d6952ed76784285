// The arithmetic of charts: round ticks, positions, short numbers.

/** Round numbers (1, 2, 5 times a power of ten) from at or below `low` to at or above `high`, at most about `count`. */
export function ticks(low: number, high: number, count = 5): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high) || count < 1) return [];
  if (high < low) [low, high] = [high, low];
  if (high === low) high = low + (Math.abs(low) || 1);
  const step = niceStep((high - low) / count);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step - 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(Math.min(digits, 12))));
}

/** The smallest of 1, 2, 5 times a power of ten that is not below `least`. */
export function niceStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

export interface Scale {
  (value: number): number;
  domain: readonly [number, number];
  range: readonly [number, number];
}

/** Values of the domain to positions of the range; a domain without width maps to the beginning of the range. */
export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const width = domain[1] - domain[0];
  const scale = (value: number): number => (width ? range[0] + ((value - domain[0]) / width) * (range[1] - range[0]) : range[0]);
  return Object.assign(scale, { domain, range });
}

/** Points as the `d` of a path; a gap where a value is null. */
export function linePath(points: readonly (readonly [number, number | null])[], x: Scale, y: Scale): string {
  let path = "";
  let open = false;
  for (const [a, b] of points) {
    if (b === null || !Number.isFinite(b) || !Number.isFinite(a)) {
      open = false;
      continue;
    }
    path += `${open ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`;
    open = true;
  }
  return path;
}

/** The outline of bins as steps, closed at the ground: one bar beside the other. */
export function stepPath(edges: readonly number[], heights: readonly number[], x: Scale, y: Scale): string {
  const ground = y(0).toFixed(1);
  let path = `M${x(edges[0] ?? 0).toFixed(1)} ${ground}`;
  heights.forEach((height, i) => {
    path += `V${y(height).toFixed(1)}H${x(edges[i + 1] ?? 0).toFixed(1)}`;
  });
  return `${path}V${ground}Z`;
}
