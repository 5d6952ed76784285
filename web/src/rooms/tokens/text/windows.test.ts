import { describe, expect, it } from "vitest";
import { block, joined, part, type WindowAnswer } from "./windows";

const pack = (numbers: number[]): WindowAnswer["ids"] => ({
  dtype: "u4",
  shape: [numbers.length],
  data: btoa(String.fromCharCode(...new Uint8Array(Uint32Array.from(numbers).buffer))),
});
type Kind = WindowAnswer["entries"][number]["kind"];
const answer = (first: number, tokens: [id: number, start: number, end: number][], kinds: Record<number, Kind> = {}): WindowAnswer => ({
  first,
  ids: pack(tokens.map((token) => token[0])),
  utf16_starts: pack(tokens.map((token) => token[1])),
  utf16_ends: pack(tokens.map((token) => token[2])),
  entries: [...new Set(tokens.map((token) => token[0]))].map((id) => ({ id, token: `t${id}`, text: "", bytes: "", kind: kinds[id] ?? "text" })),
  head: 0,
  tail: 0,
  tokens: 100,
});

describe("blocks of tokens", () => {
  it("tell chips from bytes without width", () => {
    const made = block(answer(0, [[1, 0, 0], [2, 0, 2], [3, 2, 2], [4, 2, 4]], { 1: "special", 3: "byte", 4: "byte" }));
    expect([...made.chips]).toEqual([1, 0, 0, 0]);
    expect(made.entries.get(3)?.kind).toBe("byte");
  });

  it("never go backwards", () => {
    const made = block(answer(0, [[1, 0, 3], [2, 4, 6], [3, 3, 7], [4, 7, 8]]));
    expect([...made.starts]).toEqual([0, 4, 4, 7]);
  });

  it("give the tokens of a part, those without width and those across its borders included", () => {
    const made = block(answer(10, [[1, 0, 4], [2, 4, 4], [3, 4, 9], [4, 9, 12], [5, 12, 20]]));
    expect([...part(made, 4, 9).ids]).toEqual([2, 3, 4]);
    expect(part(made, 5, 6).first).toBe(11); // what stands before a character without width goes with it
    expect([...part(made, 0, 1).ids]).toEqual([1]);
    expect([...part(made, 19, 30).ids]).toEqual([5]);
  });

  it("go on from one block to the next without a token twice", () => {
    const a = part(block(answer(0, [[1, 0, 5], [2, 5, 9], [3, 9, 12]])), 0, 10);
    const b = part(block(answer(2, [[3, 9, 12], [4, 12, 15]])), 10, 20);
    const both = joined(a, b);
    expect([...both.ids]).toEqual([1, 2, 3, 4]);
    expect([both.first, both.starts.length, both.ends.length, both.chips.length]).toEqual([0, 4, 4, 4]);
  });
});
