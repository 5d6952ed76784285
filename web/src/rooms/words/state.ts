// What the room remembers: all of it goes into the link. Words are kept as they were typed.

export const TABS = ["neighbours", "analogies", "odd", "table", "directions", "map", "microscope"] as const;
export type Tab = (typeof TABS)[number];

export function initial() {
  return {
    vectors: "tokenspace/static",
    tab: "neighbours" as Tab,
    neighbours: { positive: "", negative: "", topn: 20, among: 0 },
    analogies: { a: "", b: "", c: "", method: "add" as "add" | "mul", plane: "corners" as "corners" | "principal", among: 0 },
    odd: { words: "" },
    table: { words: "", ordered: true },
    directions: { start: "", end: "", by: "pairs" as "pairs" | "means", words: "", others: "" },
    map: { show: "frequent" as "frequent" | "words" | "neighbours", count: 1000, words: "", method: "pca" as "pca" | "umap", colour: "cluster" },
    microscope: {
      text: "",
      split: "auto" as "auto" | "words" | "tokens",
      skipGram: true,
      hierarchical: false,
      window: 2,
      negative: 5,
      size: 8,
      alpha: 0.1,
      exponent: 0.75,
      sample: 0.001,
      seed: 1,
      centre: 0,
      passes: 20,
    },
  };
}
export type RoomState = ReturnType<typeof initial>;

// A field with few words for values, and bounds of numbers; everything else keeps its type only.
const CHOICES: Record<string, readonly string[]> = {
  tab: TABS,
  "analogies.method": ["add", "mul"],
  "analogies.plane": ["corners", "principal"],
  "directions.by": ["pairs", "means"],
  "map.show": ["frequent", "words", "neighbours"],
  "map.method": ["pca", "umap"],
  "microscope.split": ["auto", "words", "tokens"],
};
const BOUNDS: Record<string, readonly [number, number, boolean]> = {
  "neighbours.topn": [1, 200, true],
  "neighbours.among": [0, 2 ** 31 - 1, true],
  "analogies.among": [0, 2 ** 31 - 1, true],
  "map.count": [2, 20000, true],
  "microscope.window": [1, 10, true],
  "microscope.negative": [1, 20, true],
  "microscope.size": [1, 32, true],
  "microscope.alpha": [0.001, 1, false],
  "microscope.exponent": [-2, 2, false],
  "microscope.sample": [0, 1, false],
  "microscope.seed": [0, 2 ** 31 - 1, true],
  "microscope.centre": [0, 399, true],
  "microscope.passes": [0, 200, true],
};
const LONGEST = 20_000;

function taken(base: unknown, given: unknown, path: string): unknown {
  if (typeof base === "object" && base !== null) {
    const from = typeof given === "object" && given !== null ? (given as Record<string, unknown>) : {};
    return Object.fromEntries(Object.entries(base).map(([key, value]) => [key, taken(value, from[key], path ? `${path}.${key}` : key)]));
  }
  if (typeof given !== typeof base) return base;
  if (typeof given === "string") {
    const allowed = CHOICES[path];
    return allowed ? (allowed.includes(given) ? given : base) : given.slice(0, LONGEST);
  }
  if (typeof given === "number") {
    const [least, most, whole] = BOUNDS[path] ?? [-Infinity, Infinity, false];
    if (!Number.isFinite(given)) return base;
    const bounded = Math.min(most, Math.max(least, given));
    return whole ? Math.round(bounded) : bounded;
  }
  return given;
}

/** The state of a link, from anyone: what has another type or is not allowed is as at the beginning. */
export function restored(given: unknown): RoomState {
  return taken(initial(), given, "") as RoomState;
}
