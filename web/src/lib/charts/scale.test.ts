import { describe, expect, it } from "vitest";
import { linear, linePath, niceStep, stepPath, ticks } from "./scale";

describe("ticks", () => {
  it("are round, ascending, and enclose the values", () => {
    for (const [low, high] of [[0, 7], [0, 0.013], [-3, 12], [0, 123456], [5, 5], [0, 1e-9], [1e12, 2e12]] as const) {
      for (const count of [1, 2, 5, 10]) {
        const found = ticks(low, high, count);
        expect(found[0]).toBeLessThanOrEqual(low);
        expect(found.at(-1)).toBeGreaterThanOrEqual(high);
        expect(found.length).toBeLessThanOrEqual(2 * count + 2);
        for (let i = 1; i < found.length; i++) expect(found[i]!).toBeGreaterThan(found[i - 1]!);
      }
    }
    expect(ticks(0, 7, 5)).toEqual([0, 2, 4, 6, 8]);
    expect(ticks(0, 0.5, 5)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(ticks(7, 0, 5)).toEqual([0, 2, 4, 6, 8]);
  });

  it("are none for what is no number", () => {
    expect(ticks(Number.NaN, 1)).toEqual([]);
    expect(ticks(0, Infinity)).toEqual([]);
  });

  it("steps by 1, 2, 5", () => {
    expect([0.9, 1, 1.1, 2.5, 6, 0.03, 450].map(niceStep)).toEqual([1, 1, 2, 5, 10, 0.05, 500]);
    expect(niceStep(0)).toBe(1);
    expect(niceStep(Number.NaN)).toBe(1);
  });
});

describe("positions", () => {
  it("are linear and safe where the domain has no width", () => {
    const scale = linear([0, 10], [100, 200]);
    expect([0, 5, 10, -5].map(scale)).toEqual([100, 150, 200, 50]);
    expect(linear([3, 3], [100, 200])(3)).toBe(100);
  });

  it("become paths with gaps", () => {
    const x = linear([0, 2], [0, 20]);
    const y = linear([0, 1], [10, 0]);
    expect(linePath([[0, 0], [1, null], [2, 1]], x, y)).toBe("M0.0 10.0M20.0 0.0");
    expect(linePath([[0, 0], [2, 1]], x, y)).toBe("M0.0 10.0L20.0 0.0");
    expect(stepPath([0, 1, 2], [1, 0.5], x, y)).toBe("M0.0 10.0V0.0H10.0V5.0H20.0V10.0Z");
  });
});
