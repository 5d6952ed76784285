import { describe, expect, it } from "vitest";
import { curve, isFresh, largest, stepRows, type Gradient } from "./step";

const step: Gradient = {
  method: "negative sampling",
  alpha: 0.1,
  inputs: ["a", "b"],
  outputs: ["c", "d", "e"],
  labels: [1, 0, 0],
  scores: [[1, 2, 3], [4, 5, 6]],
  probabilities: [[0.7, 0.8, 0.9], [0.1, 0.2, 0.3]],
  gradients: [[0.03, -0.08, -0.09], [0.09, -0.02, -0.03]],
  input_before: [[1], [2]],
  input_after: [[1], [2]],
  output_before: [[0], [0], [0]],
  output_after: [[0.1], [0], [0]],
  loss_before: 2,
  loss_after: 1,
};

describe("one gradient step", () => {
  it("is a row for each input and output", () => {
    const rows = stepRows(step);
    expect(rows).toHaveLength(6);
    expect(rows[3]).toMatchObject({ names: ["b", "c"], label: 1, product: 4, sigmoid: 0.1, error: 0.9, gradient: 0.09 });
    for (const row of rows) expect([row.gradient, row.times]).toEqual([expect.closeTo(step.alpha * row.error, 10), 1]);
    const twice = stepRows({ ...step, gradients: [[0.06, -0.08, -0.18], [0.09, -0.02, -0.03]] });
    expect(twice.map((row) => row.times)).toEqual([2, 1, 2, 1, 1, 1]);
  });

  it("knows that nothing was trained, and the scale of bars", () => {
    expect(isFresh(step)).toBe(true);
    expect(isFresh({ ...step, output_before: [[0], [0.1], [0]] })).toBe(false);
    expect(largest([0.1, -3], [2])).toBe(3);
    expect(largest([])).toBeGreaterThan(0);
  });

  it("draws falling losses falling", () => {
    expect(curve([3, 2, 1], 100, 44)).toBe("0.0,2.0 50.0,22.0 100.0,42.0");
    expect(curve([1], 10, 10)).toBe("");
  });
});
