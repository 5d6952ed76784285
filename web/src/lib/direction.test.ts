import { expect, it } from "vitest";
import { amid } from "./direction";

it("keeps a word that runs from right to left apart from its sentence", () => {
  expect(amid("ملك")).toBe("\u2068ملك\u2069");
  expect([amid("king"), amid("国王"), amid("—")]).toEqual(["king", "国王", "—"]);
});
