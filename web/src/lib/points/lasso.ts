// Selections: what a drawn line encloses, and how it joins what was selected before.

import type { Grid } from "./picking";

export type Join = "replace" | "add" | "subtract";

/** Corners x0, y0, x1, y1, ... without those nearer than `apart` to the one before: a hand draws hundreds. */
export function simplified(path: readonly number[], apart: number): number[] {
  const kept: number[] = [];
  for (let i = 0; i + 1 < path.length; i += 2) {
    const x = path[i]!, y = path[i + 1]!;
    const n = kept.length;
    if (n && Math.hypot(x - kept[n - 2]!, y - kept[n - 1]!) < apart && i + 3 < path.length) continue;
    kept.push(x, y);
  }
  return kept;
}

/** Whether (x, y) is within the closed line; where it crosses itself, by the even-odd rule. */
export function within(path: readonly number[], x: number, y: number): boolean {
  let inside = false;
  const n = path.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const ax = path[i]!, ay = path[i + 1]!, bx = path[j]!, by = path[j + 1]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** The points a closed line on the plane encloses, ascending. Fewer than three corners enclose nothing. */
export function enclosed(path: readonly number[], xy: Float32Array, grid: Grid): Uint32Array {
  if (path.length < 6) return new Uint32Array();
  let left = Infinity, right = -Infinity, bottom = Infinity, top = -Infinity;
  for (let i = 0; i < path.length; i += 2) {
    left = Math.min(left, path[i]!);
    right = Math.max(right, path[i]!);
    bottom = Math.min(bottom, path[i + 1]!);
    top = Math.max(top, path[i + 1]!);
  }
  const found: number[] = [];
  grid.inside(left, bottom, right, top, (index) => {
    if (within(path, xy[2 * index]!, xy[2 * index + 1]!)) found.push(index);
  });
  return Uint32Array.from(found).sort();
}

/** The points of the rectangle between two corners, ascending. */
export function boxed(ax: number, ay: number, bx: number, by: number, grid: Grid): Uint32Array {
  const found: number[] = [];
  grid.inside(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by), (index) => {
    found.push(index);
  });
  return Uint32Array.from(found).sort();
}

/** `before` joined with `now`, both ascending without repeats. */
export function joined(before: Uint32Array, now: Uint32Array, how: Join): Uint32Array {
  if (how === "replace") return now;
  const other = new Set(now);
  if (how === "subtract") return before.filter((index) => !other.has(index));
  for (const index of before) other.add(index);
  return Uint32Array.from(other).sort();
}
