import { describe, expect, it } from "vitest";
import { ANALOGIES, DIRECTIONS, Known, begin, stale, wanted } from "./examples";

describe("examples", () => {
  it("are asked for in one request", () => {
    expect(wanted().length).toBeLessThanOrEqual(500);
    expect(new Set(wanted()).size).toBe(wanted().length);
  });

  it("are whole or left out", () => {
    const known = new Known(["king", "man", "woman", "he", "she", "man", "doctor", "nurse", "cook"]);
    expect(known.analogies()).toEqual([["king", "man", "woman"]]);
    expect(known.odd()).toEqual([]);
    const [direction, ...more] = known.directions();
    expect(more).toEqual([]);
    expect(direction).toMatchObject({ id: "gender", start: ["he", "man"], end: ["she", "woman"], words: ["doctor", "nurse", "cook"] });
  });

  it("have as many words at one pole as at the other", () => {
    for (const one of DIRECTIONS) expect(one.start).toHaveLength(one.end.length);
    expect(new Set(ANALOGIES.map((triple) => triple.join())).size).toBe(ANALOGIES.length);
  });

  it("give way to the vectors' own words", () => {
    expect(begin(new Known(), ["a", 2, "c"], 2)).toEqual(["a", 2, "c"]);
    expect(begin(new Known(wanted()), ["a"], 3)[0]).toBe("river");
  });

  it("give way when other vectors do not know them, and what people typed stays", () => {
    const known = new Known(["river"]);
    expect(stale("river", known)).toBe(false);
    expect(stale("king queen", known)).toBe(false); // queen is no example: somebody typed it
    expect(stale("king man woman", known)).toBe(true);
    expect(stale("", known)).toBe(false);
  });

  it("give way also where the page took them from other vectors", () => {
    expect(stale("w7 w8", new Known(["river"], ["w7", "w8"]))).toBe(true);
    expect(stale("w7", new Known(["river", "w7"], ["w7", "w8"]))).toBe(false);
    expect(stale("w9", new Known(["river"], ["w7", "w8"]))).toBe(false);
  });
});
