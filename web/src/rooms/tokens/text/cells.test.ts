import { describe, expect, it } from "vitest";
import { cells } from "./cells";
import type { TokenWindow } from "./windows";

function window(spans: [number, number, boolean?][], first = 0): TokenWindow {
  return {
    first,
    ids: Uint32Array.from(spans, (_, i) => i),
    starts: Uint32Array.from(spans, (span) => span[0]),
    ends: Uint32Array.from(spans, (span) => span[1]),
    chips: Uint8Array.from(spans, (span) => (span[2] ? 1 : 0)),
  };
}
const show = (text: string, spans: [number, number, boolean?][], start = 0, end = text.length): string[] =>
  cells(text, start, end, window(spans), end === text.length).map((cell) => `${text.slice(cell.start, cell.end)}:${cell.first}-${cell.last}`);

describe("cells", () => {
  it("are the tokens", () => expect(show("hello world", [[0, 5], [5, 11]])).toEqual(["hello:0-1", " world:1-2"]));

  it("hold text that no token covers", () => expect(show("a  b", [[0, 1], [3, 4]])).toEqual(["a:0-1", "  :1-1", "b:1-2"]));

  it("join tokens inside one character", () => {
    // "é" of two bytes, as two byte tokens, between letters
    expect(show("aéb", [[0, 1], [1, 2], [1, 2], [2, 3]])).toEqual(["a:0-1", "é:1-3", "b:3-4"]);
    // byte fallback: bytes without width before the last
    expect(show("a😀b", [[0, 1], [1, 1], [1, 1], [1, 1], [1, 3], [3, 4]])).toEqual(["a:0-1", "😀:1-5", "b:5-6"]);
    // an emoji of several code points, each a token
    const woman = "👩🏽‍🔬";
    expect(show(woman, [[0, 2], [2, 4], [4, 5], [5, 7]])).toEqual([`${woman}:0-4`]);
  });

  it("cut out the character that two tokens share", () => {
    // the mark belongs to the next token: "cafe" + "\u0301s"
    expect(show("cafe\u0301s", [[0, 4], [4, 6]])).toEqual(["caf:0-1", "e\u0301:0-2", "s:1-2"]);
  });

  it("draw tokens that cover nothing as chips", () => {
    expect(show("hi", [[0, 0, true], [0, 2], [2, 2, true]])).toEqual([":0-1", "hi:1-2", ":2-3"]);
    expect(show("", [[0, 0, true], [0, 0, true]])).toEqual([":0-1", ":1-2"]);
    expect(show("ab cd", [[0, 2], [2, 2, true], [3, 5]])).toEqual(["ab:0-1", ":1-2", " :2-2", "cd:2-3"]);
  });

  it("go on from the row before", () => {
    const [first] = cells("hello world", 3, 8, window([[0, 5], [5, 11]]), false);
    expect(first).toMatchObject({ start: 3, end: 5, first: 0, last: 1, begins: false, ends: true });
    expect(cells("hello world", 3, 8, window([[0, 5], [5, 11]]), false)[1]).toMatchObject({ start: 5, end: 8, begins: true, ends: false });
  });

  it("of two neighbouring tokens stay apart, and cover every place once, for any tokens", () => {
    let seed = 11;
    const next = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: 1 + next(20) }, () => ["a", "中", "e\u0301", "😀", " ", "👩🏽‍🔬"][next(6)]).join("");
      const spans: [number, number, boolean?][] = [];
      for (let at = 0; at < text.length; ) {
        const end = Math.min(text.length, at + 1 + next(4));
        if (next(5)) spans.push([at, end]);
        at = end;
      }
      const found = cells(text, 0, text.length, window(spans), true).filter((cell) => cell.end > cell.start);
      expect(found.map((cell) => text.slice(cell.start, cell.end)).join("")).toBe(text);
      spans.forEach(([start, end], token) => {
        const mine = found.filter((cell) => cell.first <= token && token < cell.last);
        expect(mine.length).toBeGreaterThan(0);
        expect(Math.min(...mine.map((cell) => cell.start))).toBeLessThanOrEqual(start);
        expect(Math.max(...mine.map((cell) => cell.end))).toBeGreaterThanOrEqual(end);
      });
    }
  });
});
