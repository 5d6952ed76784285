// What a link says of a panel, read with care: links come from anyone.

/** A panel's state as a dictionary, empty for anything else. */
export function dictionary(state: unknown): Record<string, unknown> {
  return typeof state === "object" && state !== null && !Array.isArray(state) ? (state as Record<string, unknown>) : {};
}

/** A text of at most `most` UTF-16 units. */
export function text(value: unknown, fallback: string, most = 200_000): string {
  return typeof value === "string" && value.length <= most ? value : fallback;
}

/** A number within bounds; whole unless `part` says otherwise. */
export function within(value: unknown, low: number, high: number, fallback: number, part = false): number {
  return typeof value === "number" && value >= low && value <= high && (part || Number.isInteger(value)) ? value : fallback;
}

export function flag(value: unknown, fallback: boolean): boolean {
  return typeof value === "boolean" ? value : fallback;
}

/** One of the words of a list. */
export function oneOf<const T extends string>(value: unknown, words: readonly T[], fallback: T): T {
  return words.find((word) => word === value) ?? fallback;
}
