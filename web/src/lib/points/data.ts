// What a map of points is given, and the same points as the map holds them: centred and scaled to about [-1, 1], so that
// 32-bit positions stay sharp however large the numbers of the projection are.

import { Grid } from "./picking";

/** A column with one of a few names a point; -1 in `codes` is "none". */
export interface CategoryColumn {
  kind: "category";
  name: string;
  title?: string;
  codes: ArrayLike<number>;
  names: readonly string[];
}

/** A column of numbers; NaN is "none". */
export interface NumberColumn {
  kind: "number";
  name: string;
  title?: string;
  values: Float32Array;
  /** Ends of the scale; the least and the greatest value by default. */
  low?: number;
  high?: number;
}

/** A text a point, shown in the tooltip, in lists and exports. */
export interface TextColumn {
  kind: "text";
  name: string;
  title?: string;
  values: readonly string[];
}

export type Column = CategoryColumn | NumberColumn | TextColumn;

export interface PointData {
  /** x0, y0, x1, y1, ...; points that are not finite are left out of the picture and counted. */
  positions: Float32Array;
  labels?: readonly string[];
  columns?: readonly Column[];
  /** How many of each point's `k` nearest neighbours in the space are among its `k` nearest on the plane; NaN: not asked. */
  trust?: { k: number; kept: Float32Array };
  /** The `k` nearest of each point in the space, nearest first, -1 for none: n * k numbers. Shown as lines when it is picked. */
  neighbours?: { k: number; indices: Int32Array };
  /** The number column by which labels get their room, the greatest first; by default earlier points come first. */
  priority?: string;
}

export interface Bounds {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

/** The name of the column of shares that `PointData.trust` becomes. */
export const TRUST = "trust";

/** Points ready to be drawn and asked. */
export class Points {
  readonly count: number;
  /** Positions in the map's own units; NaN where the given ones are not finite. */
  readonly xy: Float32Array;
  readonly missing: number;
  readonly bounds: Bounds;
  readonly grid: Grid;
  /** A fixed shuffle: the first m of it are a fair sample, and no group lies on top of the others. */
  readonly order: Uint32Array;
  /** Where each point is in `order`. */
  readonly slot: Uint32Array;
  /** Points by the claim of their label to room. */
  readonly ranked: Uint32Array;
  /** The given columns, and the trust in each point's surroundings where it is known. */
  readonly columns: readonly Column[];

  constructor(readonly data: PointData) {
    const given = data.positions;
    if (given.length % 2) throw new Error("[points] expected x and y for each point, received an odd number of numbers");
    const n = given.length / 2;
    this.count = n;
    for (const column of data.columns ?? []) {
      const rows = column.kind === "category" ? column.codes.length : column.values.length;
      if (rows !== n) throw new Error(`[points] expected ${n} values in column ${column.name}, received ${rows}`);
    }
    if (data.labels && data.labels.length !== n) {
      throw new Error(`[points] expected ${n} labels, received ${data.labels.length}`);
    }
    const { trust, neighbours } = data;
    if (trust && trust.kept.length !== n) throw new Error(`[points] expected trust in ${n} points, received ${trust.kept.length}`);
    if (neighbours && neighbours.indices.length !== n * neighbours.k) {
      throw new Error(`[points] expected ${n * neighbours.k} neighbours, received ${neighbours.indices.length}`);
    }
    const shares: Column[] = trust
      ? [{ kind: "number", name: TRUST, values: trust.kept.map((kept) => kept / trust.k), low: 0, high: 1 }]
      : [];
    this.columns = [...(data.columns ?? []), ...shares];
    let left = Infinity, right = -Infinity, bottom = Infinity, top = -Infinity, missing = 0;
    for (let i = 0; i < n; i++) {
      const x = given[2 * i]!, y = given[2 * i + 1]!;
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        missing++;
        continue;
      }
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < bottom) bottom = y;
      if (y > top) top = y;
    }
    this.missing = missing;
    const middleX = missing < n ? (left + right) / 2 : 0, middleY = missing < n ? (bottom + top) / 2 : 0;
    const half = missing < n ? Math.max(right - left, top - bottom) / 2 : 0;
    const scale = half > 0 ? 1 / half : 1;
    this.xy = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      const x = given[2 * i]!, y = given[2 * i + 1]!;
      const there = Number.isFinite(x) && Number.isFinite(y);
      this.xy[2 * i] = there ? (x - middleX) * scale : NaN;
      this.xy[2 * i + 1] = there ? (y - middleY) * scale : NaN;
    }
    const wide = missing < n ? ((right - left) * scale) / 2 : 0, tall = missing < n ? ((top - bottom) * scale) / 2 : 0;
    this.bounds = { left: -wide, right: wide, bottom: -tall, top: tall };
    this.grid = new Grid(this.xy);
    this.order = shuffled(n);
    this.slot = new Uint32Array(n);
    for (let place = 0; place < n; place++) this.slot[this.order[place]!] = place;
    this.ranked = ranked(n, this.column(data.priority));
  }

  column(name: string | null | undefined): Column | undefined {
    return name == null ? undefined : this.columns.find((column) => column.name === name);
  }

  /** The nearest of a point in the space, nearest first; empty where they are not known. */
  neighbours(index: number): number[] {
    const { neighbours } = this.data;
    if (!neighbours || index < 0) return [];
    return [...neighbours.indices.subarray(index * neighbours.k, (index + 1) * neighbours.k)].filter((other) => other >= 0 && other < this.count);
  }

  label(index: number): string {
    return this.data.labels?.[index] ?? String(index);
  }
}

/** The value of a column at a point as people read it; "" for none. */
export function shown(column: Column, index: number): string {
  if (column.kind === "text") return column.values[index] ?? "";
  if (column.kind === "category") return column.names[column.codes[index] ?? -1] ?? "";
  const value = column.values[index];
  return value === undefined || Number.isNaN(value) ? "" : readable(value);
}

/** Up to four significant digits, without an exponent where it can be helped. */
export function readable(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString("en");
  const size = Math.abs(value);
  return size >= 1e6 || (size < 1e-4 && size > 0) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

function shuffled(n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  let state = 0x9e3779b9;
  for (let i = n - 1; i > 0; i--) {
    // xorshift32: the same points are always drawn in the same order
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = Math.floor(((state >>> 0) / 4294967296) * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

function ranked(n: number, column: Column | undefined): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  if (column?.kind !== "number") return order;
  const claim = (i: number) => (Number.isNaN(column.values[i]!) ? -Infinity : column.values[i]!);
  return order.sort((a, b) => claim(b) - claim(a) || a - b);
}
