import { expect, it } from "vitest";
import { edges, spread, widthOf } from "./places";

it("tokens never overlap and fill the width where they can", () => {
  for (const width of [100, 400, 2000]) {
    const places = spread(["the", "bank", "苹果", "a"], width);
    for (let i = 1; i < places.length; i++) expect(places[i]!.start).toBeGreaterThanOrEqual(places[i - 1]!.end + 4);
  }
  expect(edges(spread(["one", "two"], 80))).toBeLessThanOrEqual(81);
  expect(edges([])).toBe(0);
  expect(widthOf("苹果")).toBe(widthOf("abcd"));
});
