import { describe, expect, it } from "vitest";
import { bars, chunkAt, extent, overlaps, shared, sizes, tokensOf, type Chunks } from "./layout";

function make(n: number, size: number, overlap: number): Chunks {
  const first = Uint32Array.from({ length: n }, (_, i) => i * (size - overlap));
  const end = first.map((one) => one + size);
  return { n, first, end, starts: first.map((one) => one * 2), ends: end.map((one) => one * 2), tokens: new Uint32Array(n).fill(size) };
}

describe("the ruler's extent", () => {
  it("shows the text, and a window that does not dwarf it", () => {
    expect(extent(100, 50)).toBe(100);
    expect(extent(100, 250)).toBe(250);
    expect(extent(100, 128_000)).toBe(113);
    expect(extent(0, 512)).toBe(512);
    expect(extent(0, 0)).toBe(1);
  });
});

describe("chunks", () => {
  it("are found by a token", () => {
    const { first } = make(5, 10, 2);
    expect([0, 7, 8, 31, 32, 1000].map((token) => chunkAt(first, token))).toEqual([0, 0, 1, 3, 4, 4]);
    expect(chunkAt(new Uint32Array(), 3)).toBe(-1);
    expect(chunkAt(Uint32Array.of(5), 3)).toBe(0);
  });

  it("are one bar each, or neighbours together", () => {
    const chunks = make(10, 10, 0);
    expect(bars(chunks, 100)).toHaveLength(10);
    const few = bars(chunks, 4);
    expect(few.length).toBeLessThanOrEqual(4);
    expect(few[0]?.first).toBe(0);
    expect(few.at(-1)?.end).toBe(100);
    expect(few.flatMap((bar) => Array.from({ length: bar.until - bar.chunk }, (_, i) => bar.chunk + i))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(bars(make(200_000, 4, 1), 300).length).toBeLessThanOrEqual(300);
    expect(bars(make(0, 10, 0), 10)).toEqual([]);
  });

  it("overlap where the options say so", () => {
    expect(overlaps(make(3, 10, 2))).toEqual([{ first: 8, end: 10 }, { first: 16, end: 18 }]);
    expect(overlaps(make(3, 10, 0))).toEqual([]);
    expect(shared(make(3, 10, 2), 0)).toEqual({ head: 0, tail: 4 });
    expect(shared(make(3, 10, 2), 1)).toEqual({ head: 4, tail: 4 });
    expect(shared(make(3, 10, 2), 2)).toEqual({ head: 4, tail: 0 });
    expect(shared(make(1, 10, 2), 0)).toEqual({ head: 0, tail: 0 });
  });

  it("have sizes", () => {
    expect(sizes([4, 2, 6])).toEqual({ least: 2, most: 6, mean: 4, sum: 12 });
    expect(sizes([])).toEqual({ least: 0, most: 0, mean: 0, sum: 0 });
  });
});

describe("a number of tokens", () => {
  it("is read as people write it", () => {
    expect(["512", " 8k ", "128K", "1m", "1.5k", "12,500", "1 048 576", "2_000"].map(tokensOf)).toEqual([512, 8192, 131072, 1048576, 1536, 12500, 1048576, 2000]);
    expect(["", "x", "0", "-3", "1e9", "999999999999", "200m"].map(tokensOf)).toEqual([null, null, null, null, null, null, null]);
  });
});
