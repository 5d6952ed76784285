// The scale of a dot plot of values about zero.

/** A round bound that all values keep within, at least 0.1; values that are no numbers count for nothing. */
export function bound(values: readonly number[]): number {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  for (const step of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8]) if (largest <= step) return step;
  return Math.max(1, Math.ceil(largest * 10) / 10);
}

/** Where a value stands between -bound (0) and bound (100), in percent. */
export function place(value: number, most: number): number {
  return 50 + 50 * Math.max(-1, Math.min(1, value / most));
}
