import { describe, expect, it } from "vitest";
import { initial, restored } from "./state";

describe("the state of a link", () => {
  it("is the beginning for anything else", () => {
    for (const odd of [undefined, null, 7, "x", [], { tab: "nowhere" }, { neighbours: 3 }, { microscope: { window: "5", text: 1 } }]) {
      expect(restored(odd)).toEqual(initial());
    }
  });

  it("comes back as it was", () => {
    const state = initial();
    state.tab = "analogies";
    state.vectors = "file:abc";
    state.analogies = { ...state.analogies, a: "king", b: "man", c: "woman", method: "mul" };
    state.microscope.exponent = -0.5;
    expect(restored(JSON.parse(JSON.stringify(state)))).toEqual(state);
  });

  it("is bounded", () => {
    const state = restored({ neighbours: { topn: 1e9 }, microscope: { window: -3, alpha: 0, centre: 2.6 }, unknown: 1, __proto__: { polluted: 1 } });
    expect(state.neighbours.topn).toBe(200);
    expect(state.microscope.window).toBe(1);
    expect(state.microscope.alpha).toBe(0.001);
    expect(state.microscope.centre).toBe(3);
    expect(state).not.toHaveProperty("unknown");
    expect(restored({ odd: { words: "x".repeat(1e6) } }).odd.words).toHaveLength(20_000);
  });
});
