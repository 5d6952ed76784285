import { expect, it } from "vitest";
import { decimals, ends } from "./numbers";
import { ticks } from "./scale";

it("decimals tell ticks apart", () => {
  for (const [low, high] of [[0, 1], [-0.13, 0.97], [0.1911, 0.1987], [3, 4000]] as const) {
    const marks = ticks(low, high);
    expect(new Set(marks.map((mark) => mark.toFixed(decimals(marks)))).size).toBe(marks.length);
  }
  expect(decimals([])).toBe(0);
});

it("ends of rows with gaps", () => {
  expect(ends([[null, 2], [-1, NaN]])).toEqual([-1, 2]);
  expect(ends([[null], []])).toEqual([0, 1]);
});
