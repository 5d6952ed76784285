import { describe, expect, it } from "vitest";
import { align, relative, type Segmentation } from "./align";

const make = (spans: [string, number, number][]): Segmentation => ({
  ids: spans.map((_, i) => i),
  tokens: spans.map(([token]) => token),
  utf16_starts: spans.map(([, start]) => start),
  utf16_ends: spans.map(([, , end]) => end),
});
const joined = (text: string, one: Segmentation): string => align(text, one).map((cell) => cell.text).join("");

describe("rows under each other", () => {
  it("give the text, and every token once", () => {
    for (const [text, one] of [
      ["ab cd", make([["ab", 0, 2], ["cd", 3, 5]])],
      ["ab cd", make([["▁ab", 0, 2], ["▁cd", 2, 5]])],
      ["🎵x", make([["b1", 0, 0], ["b2", 0, 0], ["b3", 0, 2], ["x", 2, 3]])],
      ["🎵x", make([["b1", 0, 2], ["b2", 0, 2], ["b3", 0, 2], ["x", 2, 3]])],
      ["a", make([["▁", 0, 0], ["a", 0, 1]])],
      ["", make([["x", 0, 0]])],
      ["abc", make([])],
    ] as [string, Segmentation][]) {
      expect(joined(text, one)).toBe(text);
      expect(align(text, one).flatMap((cell) => cell.ids).sort()).toEqual(one.ids);
    }
  });

  it("mark what no token covers", () => {
    expect(align("ab cd ", make([["ab", 0, 2], ["cd", 3, 5]])).map((cell) => [cell.text, cell.bare])).toEqual([
      ["ab", false], [" ", true], ["cd", false], [" ", true],
    ]);
  });

  it("put the parts of one character together", () => {
    expect(align("🎵x", make([["b1", 0, 0], ["b2", 0, 2], ["x", 2, 3]])).map((cell) => cell.tokens)).toEqual([["b1", "b2"], ["x"]]);
    expect(align("🎵x", make([["b1", 0, 2], ["b2", 0, 2], ["x", 2, 3]])).map((cell) => cell.tokens)).toEqual([["b1", "b2"], ["x"]]);
  });
});

describe("likelihood", () => {
  it("is one for the best and never more", () => {
    expect(relative(-3, -3)).toBe(1);
    expect(relative(-2, -3)).toBe(1);
    expect(relative(-3 + Math.log(0.5), -3)).toBeCloseTo(0.5);
  });
});
