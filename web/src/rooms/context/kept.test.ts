import { expect, it } from "vitest";
import { checked, EMPTY, lines } from "./kept";

it("takes what is of the expected shape and nothing else", () => {
  const found = checked({ panel: "pair", layer: 3, first: "a\ud800", arcs: "yes", head: 1.5, other: 1, word: null }, EMPTY);
  expect(found).toEqual({ ...EMPTY, panel: "pair", layer: 3, first: "a\ufffd" });
  for (const odd of [null, 7, "x", [], { panel: "nowhere" }, { layer: NaN }, { layer: Infinity }]) expect(checked(odd, EMPTY)).toEqual(EMPTY);
});

it("restores what it wrote", () => {
  const state = { ...EMPTY, sentences: "一\n二", layer: 4, arcs: false };
  expect(checked(JSON.parse(JSON.stringify(state)), EMPTY)).toEqual(state);
});

it("lines without the empty ones", () => {
  expect(lines(" a \r\n\n b\n")).toEqual(["a", "b"]);
});
