import { expect, it } from "vitest";
import type { Packed } from "../../../lib/arrays";
import { Points } from "../../../lib/points/data";
import { firstColour, points, type MapAnswer } from "./points";

function pack(values: Float32Array | Int16Array | Int32Array, dtype: string): Packed {
  return { dtype, shape: [values.length], data: btoa(String.fromCharCode(...new Uint8Array(values.buffer))) };
}
const answer: MapAnswer = {
  items: ["s1", "s2"], titles: ["Slow Tide · Mira", ""], coordinates: pack(new Float32Array([0, 1, 2, 3]), "f4"), explained: [0.5, 0.2],
  counts: pack(new Float32Array([3, 9]), "f4"), k: 1, kept: pack(new Float32Array([1, 0]), "f4"), near: pack(new Int32Array([1, 0]), "i4"), trust: 0.5,
  columns: [
    { name: "title", values: ["Slow Tide"], codes: pack(new Int16Array([0, -1]), "i2") },
    { name: "genre", values: ["a", "b"], codes: pack(new Int16Array([1, -1]), "i2") },
  ],
  total: 2,
};

it("is what a map of points takes", () => {
  const made = new Points(points(answer, "times"));
  expect(made.count).toBe(2);
  expect(made.label(0)).toBe("Slow Tide");
  expect(made.label(1)).toBe("s2");
  expect(made.neighbours(0)).toEqual([1]);
  expect([...made.ranked]).toEqual([1, 0]);
  expect(points({ ...answer, k: 0 }, "times").trust).toBeUndefined();
});

it("colours by a field that tells groups apart", () => {
  expect(firstColour(answer)).toBe("genre");
  expect(firstColour({ ...answer, columns: [] })).toBe("");
});
