import { describe, expect, it } from "vitest";
import { groupsOf, refsOf } from "./groups";

describe("groups of words", () => {
  it("are lines, named before a colon of either script", () => {
    expect(groupsOf("animals: cat dog\n水果：苹果、梨\nred green")).toEqual([
      { name: "animals", words: ["cat", "dog"] },
      { name: "水果", words: ["苹果", "梨"] },
      { name: "red", words: ["red", "green"] },
    ]);
  });

  it("need no name when there is only one", () => {
    expect(groupsOf("a b c\n\n")).toEqual([{ name: "", words: ["a", "b", "c"] }]);
    expect(groupsOf(" \n ")).toEqual([]);
    expect(groupsOf("empty:\na")).toEqual([{ name: "", words: ["a"] }]);
  });

  it("keep a colon in quotes", () => {
    expect(groupsOf('":" king')).toEqual([{ name: "", words: [":", "king"] }]);
  });

  it("are bounded", () => {
    expect(groupsOf(Array.from({ length: 50 }, (_, i) => `g${i}: a`).join("\n"))).toHaveLength(20);
  });

  it("give the words of a selection", () => {
    expect(refsOf(new Uint32Array([2, 0, 9]), ["a", 1, "c"], 5)).toEqual(["c", "a"]);
    expect(refsOf([0, 1, 2], ["a", 1, "c"], 2)).toEqual(["a", 1]);
  });
});
