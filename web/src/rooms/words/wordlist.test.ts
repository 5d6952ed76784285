import { describe, expect, it } from "vitest";
import { parse, replace, typed, write } from "./wordlist";

describe("words as they are typed", () => {
  it("are separated by white space and commas of both scripts", () => {
    expect(parse("king queen,man，女人、水\n书；x")).toEqual(["king", "queen", "man", "女人", "水", "书", "x"]);
    expect(parse("  ,， ")).toEqual([]);
  });

  it("keep a space in quotes, and mean a row with #", () => {
    expect(parse('" king" #42 "#42" "a\\"b"')).toEqual([" king", 42, "#42", 'a"b']);
  });

  it("come back from what is written, whatever they are", () => {
    const refs = ["plain", " king", "#7", 7, 'q"uo\\te', "a,b", "水、火", "\\", "it's", "—", "##ing"];
    expect(parse(write(refs))).toEqual(refs);
    for (const ref of refs) expect(parse(typed(ref))).toEqual([ref]);
  });

  it("are bounded in number and length", () => {
    expect(parse("a ".repeat(500))).toHaveLength(200);
    expect(parse("x".repeat(300))[0]).toHaveLength(200);
  });

  it("can be replaced and left out", () => {
    expect(replace("kign queen", "kign", "king")).toBe("king queen");
    expect(replace("kign queen", "kign", undefined)).toBe("queen");
    expect(replace("a", "a", " a")).toBe('" a"');
  });
});
