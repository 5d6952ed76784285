import { describe, expect, it } from "vitest";
import { coloured, groupColour, hex, MOST_GROUPS, numberColour, range, sized, type Rgb, type Theme } from "./colours";

const paper: Record<Theme, Rgb> = { light: [255, 255, 255], dark: [26, 28, 33] };
const luminance = (colour: Rgb) => {
  const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (a: Rgb, b: Rgb) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
// Viénot, Brettel and Mollon (1999): what readers see who have all cones, no red-sensitive ones, no green-sensitive ones.
const EYES = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  withoutRed: [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
  withoutGreen: [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
};
function lab(colour: Rgb, eyes: number[][]): number[] {
  const linear = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  const times = (rows: number[][], v: number[]) => rows.map((row) => Math.max(0, row.reduce((sum, one, i) => sum + one * v[i]!, 0)));
  const xyz = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], times(eyes, linear));
  const [x, y, z] = xyz.map((part, i) => part / [0.9505, 1, 1.089][i]!).map((part) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116));
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

describe.each(["light", "dark"] as const)("colours on %s paper", (theme) => {
  it("stand out from the paper", () => {
    for (let rank = 0; rank < 8; rank++) expect(contrast(groupColour(rank, theme), paper[theme]), hex(groupColour(rank, theme))).toBeGreaterThan(2.9);
  });

  it.each(Object.entries(EYES))("are told apart by eyes with %s", (_name, eyes) => {
    for (let a = 0; a < 8; a++) {
      for (let b = a + 1; b < 8; b++) {
        const [x, y] = [lab(groupColour(a, theme), eyes), lab(groupColour(b, theme), eyes)];
        expect(Math.hypot(x[0]! - y[0]!, x[1]! - y[1]!, x[2]! - y[2]!), `${a} and ${b}`).toBeGreaterThan(15);
      }
    }
  });

  it("of numbers run evenly one way in lightness", () => {
    const steps = Array.from({ length: 21 }, (_, i) => luminance(numberColour(i / 20, theme)));
    const sign = theme === "light" ? -1 : 1;
    for (let i = 1; i < steps.length; i++) expect(sign * (steps[i]! - steps[i - 1]!)).toBeGreaterThan(0);
  });
});

describe("a column of groups", () => {
  it("gives the largest groups the first colours and names the rest", () => {
    const codes = Int32Array.from([0, 1, 1, 2, 2, 2, -1, 99]);
    const { rgb, legend } = coloured({ kind: "category", name: "g", codes, names: ["a", "b", "c"] }, 8, "light");
    expect(legend?.kind === "groups" && legend.entries.map(({ code, count }) => [code, count])).toEqual([[2, 3], [1, 2], [0, 1], [-1, 2]]);
    expect([...rgb.subarray(9, 12)]).toEqual([...groupColour(0, "light")]);
    expect([...rgb.subarray(18, 21)]).toEqual([...rgb.subarray(21, 24)]); // an unknown code is none
  });

  it("has colours for so many and one for all others", () => {
    const n = MOST_GROUPS + 6, codes = Array.from({ length: n }, (_, i) => i);
    const { legend } = coloured({ kind: "category", name: "g", codes, names: codes.map(String) }, n, "dark");
    expect(legend?.kind === "groups" && legend.entries.at(-1)).toMatchObject({ code: -2, count: 6 });
    expect(new Set(Array.from({ length: MOST_GROUPS }, (_, rank) => hex(groupColour(rank, "dark")))).size).toBe(MOST_GROUPS);
  });
});

describe("a column of numbers", () => {
  const values = Float32Array.from([1, 3, Number.NaN, 2, Infinity, -Infinity]);
  it("has a scale from the least to the greatest, missing ones aside", () => {
    expect(range({ kind: "number", name: "n", values })).toEqual({ low: 1, high: 3, missing: 1 });
    expect(range({ kind: "number", name: "n", values: new Float32Array(2).fill(Number.NaN) })).toEqual({ low: 0, high: 1, missing: 2 });
    const { rgb } = coloured({ kind: "number", name: "n", values }, 6, "light");
    expect([...rgb.subarray(0, 3)]).toEqual(numberColour(0, "light").map(Math.round));
    expect([...rgb.subarray(3, 6)]).toEqual(numberColour(1, "light").map(Math.round));
    expect([...rgb.subarray(12, 15)]).toEqual([...rgb.subarray(3, 6)]);
  });

  it("of one value only is no division by zero", () => {
    const { rgb } = coloured({ kind: "number", name: "n", values: new Float32Array(3).fill(7) }, 3, "light");
    expect([...rgb.subarray(0, 3)]).toEqual(numberColour(0, "light").map(Math.round));
  });

  it("gives sizes whose areas are in proportion", () => {
    const sizes = sized({ kind: "number", name: "n", values: Float32Array.from([0, 0.5, 1, Number.NaN]) }, 4);
    expect(sizes[0]).toBeCloseTo(0.6);
    expect(sizes[2]).toBeCloseTo(2.2);
    expect(sizes[1]! ** 2).toBeCloseTo((0.36 + 4.84) / 2);
    expect(sizes[3]).toBeCloseTo(0.6);
    expect([...sized(undefined, 2)]).toEqual([1, 1]);
  });
});
