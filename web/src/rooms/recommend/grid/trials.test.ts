import { expect, it } from "vitest";
import { extremes, lines, textValue, uncertainty, valuesOf, type Trial, type Tuned } from "./trials";

function trial(window: number, negative: number, exponent: number, value: number): Trial {
  const interval = { value, low: value - 0.02, high: value + 0.04 };
  return { settings: { window, negative, ns_exponent: exponent }, metrics: { ndcg: interval, hit_rate: interval, mrr: interval }, seconds: 1 };
}
const trials = [trial(3, 5, 0.75, 0.2), trial(3, 5, -0.5, 0.1), trial(13, 5, 0.75, 0.3)];
const tuned: Tuned = {
  best: { window: 13, negative: 5, ns_exponent: 0.75 }, trials: [trials[2]!, trials[0]!, trials[1]!], metric: "ndcg", k: 10, queries: 9,
  effects: [{ setting: "ns_exponent", values: [-0.5, 0.75], means: [0.3, 0.25], spread: 0.05, best: -0.5 }],
};

it("a line for each window and number of negatives, with gaps", () => {
  expect(valuesOf(trials, "ns_exponent")).toEqual([-0.5, 0.75]);
  expect(lines(trials, [-0.5, 0.75]).map((line) => [line.window, line.negative, line.values])).toEqual([
    [3, 5, [0.1, 0.2]],
    [13, 5, [null, 0.3]],
  ]);
  expect(lines([], [0])).toEqual([]);
});

it("the words of the lesson come from the numbers", () => {
  expect(extremes(tuned.effects[0]!)).toEqual({ low: 0.25, high: 0.3, from: 0.75, to: -0.5 });
  expect(textValue(tuned)).toEqual({ gain: expect.closeTo(0.05), best: -0.5 });
  expect(textValue({ ...tuned, effects: [] })).toBe(null);
  expect(uncertainty(tuned)).toBeCloseTo(0.03);
});
