import { expect, it } from "vitest";
import { lineSpan } from "./lines";

it("finds lines", () => {
  const text = "a\nbb\n\nccc";
  expect([1, 2, 3, 4].map((line) => lineSpan(text, line)).map(({ start, end }) => text.slice(start, end))).toEqual(["a", "bb", "", "ccc"]);
  expect(lineSpan(text, 99)).toEqual({ start: 6, end: 9 });
  expect(lineSpan("", 1)).toEqual({ start: 0, end: 0 });
  expect(lineSpan("x\n", 2)).toEqual({ start: 2, end: 2 });
});
