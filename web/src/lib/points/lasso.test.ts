import { describe, expect, it } from "vitest";
import { boxed, enclosed, joined, simplified, within } from "./lasso";
import { Grid } from "./picking";

const xy = Float32Array.from({ length: 200 }, (_, i) => (i % 2 ? Math.floor(i / 2 / 10) : (i >> 1) % 10)); // a 10 by 10 lattice
const grid = new Grid(xy);

describe("the lasso", () => {
  it("encloses what is inside its line", () => {
    expect([...enclosed([-0.5, -0.5, 2.5, -0.5, 2.5, 1.5, -0.5, 1.5], xy, grid)]).toEqual([0, 1, 2, 10, 11, 12]);
    const hollow = [0.5, 0.5, 8.5, 0.5, 8.5, 8.5, 4.5, 1.2, 0.5, 8.5]; // a notch from above
    expect(within(hollow, 4.5, 5)).toBe(false);
    expect(within(hollow, 1, 5)).toBe(true);
    expect(enclosed(hollow, xy, grid)).toContain(11);
    expect([...enclosed(hollow, xy, grid)]).toEqual([...Array(100).keys()].filter((i) => within(hollow, xy[2 * i]!, xy[2 * i + 1]!)));
  });

  it("takes a line that crosses itself by the even-odd rule", () => {
    const bow = [0, 0, 4, 4, 4, 0, 0, 4];
    expect(within(bow, 3.5, 2)).toBe(true);
    expect(within(bow, 2, 3.5)).toBe(false);
  });

  it("encloses nothing with fewer than three corners", () => {
    expect(enclosed([], xy, grid)).toHaveLength(0);
    expect(enclosed([0, 0, 9, 9], xy, grid)).toHaveLength(0);
  });

  it("takes rectangles by any two corners", () => {
    const expected = [22, 23, 32, 33];
    for (const [a, b, c, d] of [[1.5, 1.5, 3.5, 3.5], [3.5, 3.5, 1.5, 1.5], [1.5, 3.5, 3.5, 1.5]] as const) {
      expect([...boxed(a, b, c, d, grid)]).toEqual(expected);
    }
  });

  it("is thinned but keeps its last corner", () => {
    const path = Array.from({ length: 400 }, (_, i) => (i % 2 ? 0 : i / 8));
    const thin = simplified(path, 5);
    expect(thin.length).toBeLessThan(40);
    expect(thin.slice(-2)).toEqual(path.slice(-2));
    expect(simplified([], 2)).toEqual([]);
  });
});

describe("selections", () => {
  const a = Uint32Array.from([1, 3, 5, 200_000]), b = Uint32Array.from([3, 4, 100_000]);
  it("replace, add and subtract, ascending", () => {
    expect(joined(a, b, "replace")).toBe(b);
    expect([...joined(a, b, "add")]).toEqual([1, 3, 4, 5, 100_000, 200_000]);
    expect([...joined(a, b, "subtract")]).toEqual([1, 5, 200_000]);
    expect([...joined(a, new Uint32Array(), "subtract")]).toEqual([...a]);
    expect([...joined(new Uint32Array(), b, "add")]).toEqual([...b]);
  });
});
