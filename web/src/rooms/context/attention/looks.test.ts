import { expect, it } from "vitest";
import { strongest } from "./looks";

const table = new Float32Array([0.5, 0.3, 0.2, 0, 1, 0, 0.001, 0.009, 0.99]);

it("the strongest of one token", () => {
  expect(strongest(table, 3, 0, 2).map((one) => one.to)).toEqual([0, 1]);
  expect(strongest(table, 3, 2, 9).map((one) => one.to)).toEqual([2, 1]);
});

it("the strongest of all", () => {
  expect(strongest(table, 3, -1, 2).map((one) => [one.from, one.to])).toEqual([[1, 1], [2, 2]]);
  expect(strongest(new Float32Array(), 0, -1, 5)).toEqual([]);
});
