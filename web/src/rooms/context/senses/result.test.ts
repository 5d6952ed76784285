import { expect, it } from "vitest";
import { fit, SensesResult, window, type LayerRow, type SensesAnswer } from "./result";

function pack(values: number[], shape: number[]): { dtype: string; shape: number[]; data: string } {
  const bytes = new Uint8Array(new Float32Array(values).buffer);
  return { dtype: "f4", shape, data: btoa(String.fromCharCode(...bytes)) };
}

function row(layer: number, members: number[][]): LayerRow {
  const labels: number[] = [];
  members.forEach((group, number) => group.forEach((one) => (labels[one] = number)));
  return {
    layer, similarity: 0, random: 0, to_static: 0, clusters: members.length, separation: 0, same: null, other: null,
    label_separation: null, agreement: null, labels, members, words_around: members.map(() => []), explained: 1,
  };
}

const one = { sentence: 0, text: "a bank", utf16_start: 2, utf16_end: 6, tokens: ["bank"], label: null };
const answer: SensesAnswer = {
  word: "bank", model: "m", found: 2, best_layer: 3, unknown: false, occurrences: [one, one],
  layers: [row(0, [[0, 1]]), row(3, [[1], [0]])],
  tables: pack([1, 0.9, 0.9, 1, 1, 0.25, 0.25, 1], [2, 2, 2]),
  planes: pack([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2]),
  to_static: pack([1, 1, 0.5, 0.75], [2, 2]),
};

it("layers by their number, the best one otherwise", () => {
  const result = new SensesResult(answer);
  expect(result.layer(0).layer).toBe(0);
  expect(result.layer(-1).layer).toBe(3);
  expect(result.layer(99).layer).toBe(3);
  expect(result.order()).toEqual([1, 0]);
});

it("the arrays of a layer", () => {
  const result = new SensesResult(answer);
  expect([...result.table(result.layer(3))]).toEqual([1, 0.25, 0.25, 1]);
  expect([...result.plane(result.layer(3))]).toEqual([4, 5, 6, 7]);
  expect(result.toStatic(1)).toEqual([1, 0.75]);
});

it("a window around the word keeps characters whole", () => {
  const text = "🏦🏦🏦 bank 🏦🏦🏦";
  const start = text.indexOf("bank");
  expect(window({ ...one, text, utf16_start: start, utf16_end: start + 4 }, 3)).toEqual(["…🏦🏦 ", "bank", " 🏦🏦…"]);
  expect(window(one, 10)).toEqual(["a ", "bank", ""]);
});

it("one scale for both directions", () => {
  expect(fit(new Float32Array([2, 1, -4, 0]), 100, 50)).toBe(25);
  expect(fit(new Float32Array([0, 5]), 100, 50)).toBe(10);
  expect(Number.isFinite(fit(new Float32Array([0, 0]), 100, 50))).toBe(true);
});
