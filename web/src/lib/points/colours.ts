// Colours of points. Groups: near those of Okabe and Ito (2008), moved until every two are 17 units of CIELAB apart, also for
// readers without red-sensitive or green-sensitive cones, on both papers; then shades for more groups. Numbers: lightness runs evenly one way, so that the order is read without the hue.

import type { CategoryColumn, Column, NumberColumn } from "./data";

export type Theme = "light" | "dark";
export type Rgb = readonly [number, number, number];

const GROUPS: Record<Theme, readonly string[]> = {
  light: ["#366b9d", "#d86002", "#009f73", "#cb78a5", "#c18e48", "#3c9bd2", "#66686a", "#7a3fb0"],
  dark: ["#5caae9", "#f0803c", "#35be89", "#c889ba", "#f0b429", "#8fd0f5", "#bbbbbc", "#9a87fc"],
};
const NUMBERS: Record<Theme, readonly string[]> = {
  light: ["#d9c9a3", "#b9b46a", "#74a066", "#2f8479", "#1f5f86", "#2a3672"],
  dark: ["#3a3f7d", "#2f6f9f", "#2f9c90", "#7fbf6b", "#d3cf5f", "#fbf3b0"],
};
const PLAIN: Record<Theme, string> = { light: "#1f66a8", dark: "#6db3ee" };
const NONE: Record<Theme, string> = { light: "#a9afb9", dark: "#5d6470" };
/** Groups with a colour of their own; the rest share the colour of "other". */
export const MOST_GROUPS = 24;

export function rgb(hex: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

export function hex([red, green, blue]: Rgb): string {
  return "#" + [red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((part) => from[part]! + (to[part]! - from[part]!) * share) as unknown as Rgb;
}

/** The colour of the group at `rank`, 0 the largest: eight hues, then paler ones, then darker ones. */
export function groupColour(rank: number, theme: Theme): Rgb {
  if (rank < 0 || rank >= MOST_GROUPS) return rgb(NONE[theme]);
  const palette = GROUPS[theme], base = rgb(palette[rank % palette.length]!);
  const round = Math.floor(rank / palette.length);
  return round === 0 ? base : round === 1 ? mixed(base, [255, 255, 255], 0.42) : mixed(base, [0, 0, 0], 0.42);
}

/** The colour of a share of the scale, 0 to 1. */
export function numberColour(share: number, theme: Theme): Rgb {
  const stops = NUMBERS[theme];
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(Math.floor(place), stops.length - 2);
  return mixed(rgb(stops[below]!), rgb(stops[below + 1]!), place - below);
}

export interface GroupLegend {
  kind: "groups";
  column: CategoryColumn;
  /** Largest group first; `code` -1 is "none", -2 all those without a colour of their own. */
  entries: { code: number; name: string; count: number; colour: string }[];
}

export interface ScaleLegend {
  kind: "scale";
  column: NumberColumn;
  low: number;
  high: number;
  missing: number;
  stops: string[];
  none: string;
}

export interface Colouring {
  /** red, green, blue for each point. */
  rgb: Uint8Array;
  legend: GroupLegend | ScaleLegend | null;
}

/** A colour for each of `count` points by a column; one colour for all without one. */
export function coloured(column: Column | undefined, count: number, theme: Theme): Colouring {
  const out = new Uint8Array(3 * count);
  if (column === undefined || column.kind === "text") {
    const plain = rgb(PLAIN[theme]);
    for (let i = 0; i < count; i++) out.set(plain, 3 * i);
    return { rgb: out, legend: null };
  }
  return column.kind === "category" ? byGroup(column, out, theme) : byNumber(column, out, theme);
}

function byGroup(column: CategoryColumn, out: Uint8Array, theme: Theme): Colouring {
  const n = column.codes.length, sizes = new Map<number, number>();
  const known = (code: number) => (code >= 0 && code < column.names.length ? code : -1);
  for (let i = 0; i < n; i++) {
    const code = known(column.codes[i]!);
    sizes.set(code, (sizes.get(code) ?? 0) + 1);
  }
  const codes = [...sizes.keys()].filter((code) => code >= 0).sort((a, b) => sizes.get(b)! - sizes.get(a)! || a - b);
  const colours = new Map(codes.map((code, rank) => [code, groupColour(rank, theme)]));
  const none = rgb(NONE[theme]);
  for (let i = 0; i < n; i++) out.set(colours.get(known(column.codes[i]!)) ?? none, 3 * i);
  const entries = codes.slice(0, MOST_GROUPS).map((code) => ({
    code, name: column.names[code]!, count: sizes.get(code)!, colour: hex(colours.get(code)!),
  }));
  const rest = codes.slice(MOST_GROUPS).reduce((sum, code) => sum + sizes.get(code)!, 0);
  if (rest) entries.push({ code: -2, name: "", count: rest, colour: hex(none) });
  if (sizes.has(-1)) entries.push({ code: -1, name: "", count: sizes.get(-1)!, colour: hex(none) });
  return { rgb: out, legend: { kind: "groups", column, entries } };
}

function byNumber(column: NumberColumn, out: Uint8Array, theme: Theme): Colouring {
  const { low, high, missing } = range(column);
  const none = rgb(NONE[theme]), steps = 256;
  const table = Array.from({ length: steps }, (_, step) => numberColour(step / (steps - 1), theme).map(Math.round));
  const scale = high > low ? (steps - 1) / (high - low) : 0;
  for (let i = 0; i < column.values.length; i++) {
    const value = column.values[i]!;
    if (Number.isNaN(value)) out.set(none, 3 * i);
    else out.set(table[Math.min(steps - 1, Math.max(0, Math.round((value - low) * scale)))]!, 3 * i);
  }
  const stops = Array.from({ length: 9 }, (_, step) => hex(numberColour(step / 8, theme)));
  return { rgb: out, legend: { kind: "scale", column, low, high, missing, stops, none: hex(none) } };
}

/** The ends of a column's scale and how many points have no number. */
export function range(column: NumberColumn): { low: number; high: number; missing: number } {
  let low = Infinity, high = -Infinity, missing = 0;
  for (const value of column.values) {
    if (Number.isNaN(value)) missing++;
    else if (Number.isFinite(value)) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  low = column.low ?? (Number.isFinite(low) ? low : 0);
  high = column.high ?? (Number.isFinite(high) ? high : 1);
  return { low, high, missing };
}

/** Radius factors by a column of numbers, area in proportion: 0.6 to 2.2; 1 without a column. */
export function sized(column: Column | undefined, count: number): Float32Array {
  const out = new Float32Array(count).fill(1);
  if (column?.kind !== "number") return out;
  const { low, high } = range(column);
  for (let i = 0; i < count; i++) {
    const value = column.values[i]!;
    const share = Number.isNaN(value) || high <= low ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low)));
    out[i] = Math.sqrt(0.36 + share * (4.84 - 0.36));
  }
  return out;
}
