import { describe, expect, it } from "vitest";
import { Grid } from "./picking";

function scattered(n: number, seed = 1): Float32Array {
  let state = seed;
  const next = () => ((state = (state * 1664525 + 1013904223) >>> 0) / 4294967296);
  return Float32Array.from({ length: 2 * n }, () => (next() + next() - 1) * 3);
}

function slow(xy: Float32Array, x: number, y: number, reach: number, except = -1): number[] {
  const all = Array.from({ length: xy.length / 2 }, (_, i) => ({ i, away: (xy[2 * i]! - x) ** 2 + (xy[2 * i + 1]! - y) ** 2 }));
  return all.filter(({ i, away }) => away <= reach * reach && i !== except).sort((a, b) => a.away - b.away || a.i - b.i).map(({ i }) => i);
}

describe("the grid", () => {
  it.each([1, 2, 7, 400, 5000])("finds the nearest of %i points as looking at all does", (n) => {
    const xy = scattered(n), grid = new Grid(xy), asked = scattered(60, 9);
    for (let i = 0; i < 60; i++) {
      const x = asked[2 * i]! * 1.6, y = asked[2 * i + 1]! * 1.6;
      for (const reach of [0.05, 0.7, Infinity]) {
        const all = slow(xy, x, y, reach);
        expect(grid.nearest(x, y, reach)).toBe(all[0] ?? -1);
        expect(grid.nearestOf(x, y, 5, reach)).toEqual(all.slice(0, 5));
      }
      expect(grid.nearestOf(x, y, 3, Infinity, i % n)).toEqual(slow(xy, x, y, Infinity, i % n).slice(0, 3));
    }
  });

  it("finds what is inside a rectangle, and stops when told", () => {
    const xy = scattered(3000), grid = new Grid(xy), found: number[] = [];
    grid.inside(-0.5, -0.2, 0.9, 1.1, (index) => void found.push(index));
    const expected = [...Array(3000).keys()].filter((i) => xy[2 * i]! >= -0.5 && xy[2 * i]! <= Math.fround(0.9) && xy[2 * i + 1]! >= Math.fround(-0.2) && xy[2 * i + 1]! <= Math.fround(1.1));
    expect(found.sort((a, b) => a - b)).toEqual(expected);
    let calls = 0;
    grid.inside(-9, -9, 9, 9, () => ++calls < 10);
    expect(calls).toBe(10);
    grid.inside(1, 1, -1, -1, () => void calls++);
    expect(calls).toBe(10);
  });

  it("holds points at one place, on a line, far out, and none", () => {
    const same = new Grid(new Float32Array(2000).fill(0.5));
    expect(same.nearest(0.5, 0.5, 1)).toBe(0);
    expect(same.nearestOf(0, 0, 3)).toEqual([0, 1, 2]);
    const line = Float32Array.from({ length: 2000 }, (_, i) => (i % 2 ? 0 : i / 2));
    expect(new Grid(line).nearest(437.2, 5, 10)).toBe(437);
    const far = scattered(1000);
    far[0] = far[1] = 1e7;
    expect(new Grid(far).nearest(1e7, 1e7, 1)).toBe(0);
    expect(new Grid(far).nearest(far[40]!, far[41]!, 1e-6)).toBe(20);
    expect(new Grid(new Float32Array()).nearest(0, 0, Infinity)).toBe(-1);
  });

  it("leaves out points without a place", () => {
    const xy = Float32Array.from([Number.NaN, 0, 1, 1, 0, Infinity]), grid = new Grid(xy), found: number[] = [];
    expect(grid.nearest(0, 0, Infinity)).toBe(1);
    grid.inside(-9, -9, 9, 9, (index) => void found.push(index));
    expect(found).toEqual([1]);
  });

  it("answers in far less than a frame at 200,000 points", () => {
    const grid = new Grid(scattered(200_000));
    const start = performance.now();
    for (let i = 0; i < 1000; i++) grid.nearest(Math.sin(i) * 2, Math.cos(i) * 2, 0.1);
    expect((performance.now() - start) / 1000).toBeLessThan(1);
  });
});
