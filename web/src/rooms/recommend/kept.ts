// The state of the room as a link has it. Links come from anyone: what is not of the expected shape is left out.

import { isPanel, type PanelId } from "./panels";

export const COLUMNS = ["session", "item", "time", "event", "weight"] as const;
export type ColumnRole = (typeof COLUMNS)[number];

export interface Kept {
  panel: PanelId;
  /** File ids of the sessions and of the items' rows; "" for none. */
  sessions: string;
  items: string;
  playlists: boolean;
  /** "" decides by the name. */
  format: string;
  header: boolean;
  /** Of both files. */
  encoding: string;
  /** Names of what follows the id in a text file of items. */
  fields: string;
  /** A name for each role; "" looks for a usual one. */
  columns: Record<ColumnRole, string>;
  /** What an event of a name weighs; empty: all alike. */
  weights: Record<string, number>;
  vectorSize: number;
  /** 0: the longest session. */
  window: number;
  negative: number;
  exponent: number;
  epochs: number;
  sample: number;
  minCount: number;
  /** In events; 0: the order of a history does not count. */
  halfLife: number;
  history: string[];
  /** "": next for histories, alike for one item. */
  scoring: string;
  popularity: number;
  again: boolean;
  count: number;
  split: string;
  k: number;
  windows: string;
  negatives: string;
  exponents: string;
  gridScoring: string;
  method: string;
  colour: string;
}

export const EMPTY: Kept = {
  panel: "ask", sessions: "", items: "", playlists: false, format: "", header: true, encoding: "utf-8", fields: "title, artist",
  columns: { session: "", item: "", time: "", event: "", weight: "" }, weights: {},
  vectorSize: 32, window: 13, negative: 16, exponent: 0.6, epochs: 20, sample: 0, minCount: 1, halfLife: 3,
  history: [], scoring: "", popularity: 0, again: false, count: 10, split: "last", k: 10,
  windows: "3, 13", negatives: "5, 16", exponents: "-0.5, 0, 0.5, 0.75, 1", gridScoring: "cosine", method: "pca", colour: "",
};
const MOST_HISTORY = 200;

/** A link's state over `base`. */
export function checked(state: unknown, base: Kept = EMPTY): Kept {
  const given = record(state);
  const out: Record<string, unknown> = structuredClone(base) as unknown as Record<string, unknown>;
  for (const [name, usual] of Object.entries(base)) {
    const value = given[name];
    if (typeof value !== typeof usual || typeof usual === "object") continue;
    if (typeof value === "number" && !Number.isFinite(value)) continue;
    out[name] = value;
  }
  const columns = record(given["columns"]);
  for (const role of COLUMNS) {
    if (typeof columns[role] === "string") (out["columns"] as Record<string, string>)[role] = columns[role].slice(0, 200);
  }
  for (const [name, weight] of Object.entries(record(given["weights"])).slice(0, 50)) {
    if (typeof weight === "number" && weight >= 0 && weight <= 1e6 && name) (out["weights"] as Record<string, number>)[name] = weight;
  }
  if (Array.isArray(given["history"])) out["history"] = given["history"].filter((item) => typeof item === "string" && item !== "").slice(0, MOST_HISTORY);
  if (!isPanel(out["panel"])) out["panel"] = base.panel;
  return out as unknown as Kept;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Numbers of a list such as "3, 13; 20", each once, in the order written; null where something is none. */
export function numbers(text: string): number[] | null {
  const parts = text.split(/[\s,;，；、]+/).filter(Boolean);
  const found = parts.map((part) => Number(part.replace("−", "-")));
  return parts.length && found.every(Number.isFinite) ? [...new Set(found)] : null;
}

/** Names of a list such as "title, artist", each once; those of the two-file form where there is none. */
export function names(text: string): string[] {
  const found = text.split(/[,，、;；]/).map((name) => name.trim().slice(0, 200)).filter(Boolean);
  return found.length ? [...new Set(found)].slice(0, 50) : ["title", "artist"];
}

/** A list with one element moved by some places, as far as there are any. */
export function moved<T>(list: readonly T[], from: number, by: number): T[] {
  const to = Math.min(list.length - 1, Math.max(0, from + by));
  const out = [...list];
  const [one] = out.splice(from, 1);
  if (one !== undefined) out.splice(to, 0, one);
  return out;
}

/** The file of items that stays when other sessions are chosen: titles of the sample are none of a person's own items, whatever
 * their ids are. */
export function itemsBeside(sessions: string, items: string, files: readonly { id: string; origin: string }[]): string {
  const isSample = (id: string): boolean => files.some((file) => file.id === id && file.origin === "sample");
  return isSample(items) && !isSample(sessions) ? "" : items;
}
