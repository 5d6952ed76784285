import { describe, expect, it } from "vitest";
import { dictionary, flag, oneOf, text, within } from "./kept";

describe("what a link says", () => {
  it("is taken only in the expected shape", () => {
    expect(dictionary({ a: 1 })).toEqual({ a: 1 });
    for (const odd of [null, undefined, 3, "x", [1], true]) expect(dictionary(odd)).toEqual({});
    expect(text("abc", "")).toBe("abc");
    expect(text("abcd", "none", 3)).toBe("none");
    expect(text(3, "none")).toBe("none");
    expect(flag(false, true)).toBe(false);
    expect(flag("false", true)).toBe(true);
    expect(oneOf("b", ["a", "b"], "a")).toBe("b");
    expect(oneOf("c", ["a", "b"], "a")).toBe("a");
  });

  it("stays within bounds", () => {
    expect(within(5, 0, 10, 1)).toBe(5);
    for (const odd of [-1, 11, 2.5, Number.NaN, Infinity, "5", null]) expect(within(odd, 0, 10, 1)).toBe(1);
    expect(within(2.5, 0, 10, 1, true)).toBe(2.5);
  });
});
