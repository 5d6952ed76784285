import { describe, expect, it } from "vitest";
import { bound, place } from "./axis";

describe("the scale of a dot plot", () => {
  it("is round and holds every value", () => {
    expect(bound([])).toBe(0.1);
    expect(bound([0.04, -0.15])).toBe(0.2);
    expect(bound([NaN, -0.55])).toBe(0.6);
    expect(bound([1.7])).toBe(1.7);
    expect(bound([0.9])).toBe(1);
  });

  it("has zero in the middle", () => {
    expect([place(0, 0.4), place(0.4, 0.4), place(-0.2, 0.4), place(9, 0.4)]).toEqual([50, 100, 25, 100]);
  });
});
