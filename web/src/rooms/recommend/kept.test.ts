import { describe, expect, it } from "vitest";
import { checked, EMPTY, moved, names, numbers, itemsBeside } from "./kept";

describe("names of fields", () => {
  it("are those written, or those of the two-file form", () => {
    expect(names("title，year; title ,")).toEqual(["title", "year"]);
    expect(names(" , ")).toEqual(["title", "artist"]);
  });
});

describe("state of a link", () => {
  it("takes what is of the expected shape and nothing else", () => {
    const found = checked({
      panel: "grid", sessions: "abc", history: ["a", 3, "", "b"], columns: { session: "user", item: 4, other: "x" },
      weights: { buy: 3, view: -1, cart: "2", "": 1 }, epochs: "many", exponent: NaN, negative: 5,
    });
    expect(found).toEqual({ ...EMPTY, panel: "grid", sessions: "abc", history: ["a", "b"], columns: { ...EMPTY.columns, session: "user" }, weights: { buy: 3 }, negative: 5 });
    for (const odd of [null, 7, "x", [], { panel: "nowhere" }, { columns: [], weights: [], history: {} }]) expect(checked(odd)).toEqual(EMPTY);
  });
  it("restores what it wrote, and leaves the base alone", () => {
    const state = { ...EMPTY, history: ["s1", "s2"], weights: { buy: 10 }, again: true };
    expect(checked(JSON.parse(JSON.stringify(state)))).toEqual(state);
    expect(EMPTY.history).toEqual([]);
    expect(EMPTY.weights).toEqual({});
  });
});

it("lists of numbers", () => {
  expect(numbers("3, 13;  20 3")).toEqual([3, 13, 20]);
  expect(numbers("−0.5，0、1")).toEqual([-0.5, 0, 1]);
  expect(numbers("3, x")).toBe(null);
  expect(numbers("  ")).toBe(null);
});

it("moving one element", () => {
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 2, 5)).toEqual(["a", "b", "c"]);
  expect(moved(["a", "b", "c"], 2, -9)).toEqual(["c", "a", "b"]);
  expect(moved([], 0, 1)).toEqual([]);
});

it("leaves the titles of the sample with its sessions", () => {
  const files = [{ id: "songs", origin: "sample" }, { id: "plays", origin: "sample" }, { id: "mine", origin: "uploaded" }, { id: "titles", origin: "given" }];
  expect(itemsBeside("mine", "songs", files)).toBe("");
  expect(itemsBeside("plays", "songs", files)).toBe("songs");
  expect(itemsBeside("mine", "titles", files)).toBe("titles");
});
