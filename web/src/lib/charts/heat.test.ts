import { expect, it } from "vitest";
import { parts, range, shades, share } from "./heat";

it("shares of a scale", () => {
  expect(share(0.5, 0, 1)).toBe(0.5);
  expect(share(-3, 0, 1)).toBe(0);
  expect(share(9, 0, 1)).toBe(1);
  expect(share(NaN, 0, 1)).toBe(0);
  expect(share(1, 1, 1)).toBe(0);
});

it("the diagonal is no part of the range of a square table", () => {
  const table = new Float32Array([1, 0.2, 0.2, 1]);
  expect(range(table, 2, 2, true)[1]).toBe(1);
  expect(range(table, 2, 2, false)).toEqual([table[1], table[1]]);
  expect(range(new Float32Array([NaN]), 1, 1, true)).toEqual([0, 1]);
});

it("cells in the order asked for", () => {
  const table = new Float32Array([0, 1, 0.5, 0]);
  const found = shades(table, 2, [1, 0], [0, 1], 0, 1, [1, 2, 3], true);
  expect([...found.slice(0, 3)]).toEqual([1, 2, 3]);
  expect([found[3], found[7], found[11], found[15]]).toEqual([132, 8, 8, 255]);
  expect(shades(table, 2, [0], [0], 0, 1, [0, 0, 0], false)[3]).toBe(0);
});

it("colours as browsers say them", () => {
  expect(parts(" #3157d5")).toEqual([49, 87, 213]);
  expect(parts("#abc")).toEqual([170, 187, 204]);
  expect(parts("rgb(1, 2, 3)")).toEqual([1, 2, 3]);
  expect(parts("")).toEqual([49, 87, 213]);
});
