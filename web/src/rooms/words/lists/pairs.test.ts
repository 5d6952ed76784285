import { describe, expect, it } from "vitest";
import { arrange, extremes, strength, twoDigits } from "./pairs";

describe("a table of cosines", () => {
  const table = [1, 0.9, -0.2, 0.9, 1, 0.1, -0.2, 0.1, 1];

  it("has its most and least alike pairs", () => {
    const { highest, lowest } = extremes(table, 3, 1);
    expect(highest).toEqual([[0, 1, 0.9]]);
    expect(lowest).toEqual([[0, 2, -0.2]]);
    expect(extremes([1], 1, 3)).toEqual({ highest: [], lowest: [] });
    expect(extremes([1, NaN, NaN, 1], 2, 3).highest).toEqual([]);
  });

  it("is arranged only by a whole order", () => {
    expect(arrange([2, 0, 1], 3, true)).toEqual([2, 0, 1]);
    expect(arrange([2, 0, 1], 3, false)).toEqual([0, 1, 2]);
    expect(arrange([0, 0, 1], 3, true)).toEqual([0, 1, 2]);
    expect(arrange([], 2, true)).toEqual([0, 1]);
  });

  it("is coloured the stronger the larger the value", () => {
    expect(strength(1)).toBe(strength(-1));
    expect(strength(1, true)).toBeLessThan(strength(1));
    expect(strength(0)).toBe(0);
    expect(strength(0.3)).toBeLessThan(strength(0.6));
    expect(strength(NaN)).toBe(0);
  });

  it("is written without a sign before zero", () => {
    expect([twoDigits(-0.001), twoDigits(0.456), twoDigits(-0.2)]).toEqual(["0.00", "0.46", "−0.20"]);
  });
});
