import { describe, expect, it } from "vitest";
import { display } from "./glyphs";

describe("characters without a picture", () => {
  it.each([
    ["a b\n", "a·b⏎"],
    ["\r\n", "␍⏎"],
    ["\u00a0\u200b\ufeff", "⍽‹ZWSP›‹BOM›"],
    ["\u0000\u001b\u007f\u0085", "␀␛␡‹85›"],
    ["\u202e", "‹RLO›"],
    ["\u3000", "□"],
  ])("%j", (text, wanted) => expect(display(text, true)).toBe(wanted));

  it("leaves joined emoji and words whole, and shows a joiner that stands alone", () => {
    expect(display("👩🏽‍🔬", true)).toBe("👩🏽‍🔬");
    expect(display("\u200d", true)).toBe("‹ZWJ›");
  });

  it("never lets a direction mark through, with or without glyphs", () => {
    for (const glyphs of [true, false]) for (const mark of "\u202a\u202b\u202d\u202e\u2066\u2067\u2068") expect(display(`a${mark}b`, glyphs)).not.toContain(mark);
  });

  it("leaves plain text alone", () => expect(display("naïve 人工智能", false)).toBe("naïve 人工智能"));
});
