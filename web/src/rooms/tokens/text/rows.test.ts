import { describe, expect, it } from "vitest";
import { breakRows, rowAt, wholeBefore } from "./rows";

const mono = (code: number): number => (code >= 0x300 && code <= 0x36f ? 0 : code > 0x2e80 ? 2 : 1);
const split = (text: string, room: number): string[] => {
  const rows = breakRows(text, mono, room);
  return Array.from({ length: rows.length - 1 }, (_, i) => text.slice(rows[i], rows[i + 1]));
};

describe("rows", () => {
  it("end after a line feed, and after the last space that fits", () => {
    expect(split("one two three\nfour", 8)).toEqual(["one two ", "three\n", "four"]);
    expect(split("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(split("人工智能正在", 4)).toEqual(["人工", "智能", "正在"]);
    expect(split("", 4)).toEqual([""]);
    expect(split("a\n\n", 4)).toEqual(["a\n", "\n"]);
  });

  it.each(["e\u0301".repeat(30), "👩🏽‍🔬".repeat(12), "🇩🇪🇫🇷🇨🇳".repeat(5), "नमस्ते दुनिया ".repeat(4), "\u0301".repeat(3000), "한국어".repeat(20)])(
    "cut no character with its marks: %#",
    (text) => {
      const whole = new Set([...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)].map((one) => one.index));
      whole.add(text.length);
      const rows = breakRows(text, mono, 9);
      const longest = Math.max(...[...new Intl.Segmenter().segment(text)].map((one) => one.segment.length));
      if (longest < 100) for (const place of rows) expect(whole.has(place)).toBe(true);
      for (let i = 1; i < rows.length; i++) expect(rows[i]! - rows[i - 1]!).toBeLessThanOrEqual(800);
    },
  );

  it("give the text back, and end, for any text and any room", () => {
    let seed = 7;
    const next = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const alphabet = ["a", " ", "\n", "\r\n", "中", "e\u0301", "👩🏽‍🔬", "\t", "\u0301", "\u200b", "-", "ש", "\ufffd", "\u0000"];
    for (let round = 0; round < 200; round++) {
      const text = Array.from({ length: next(200) }, () => alphabet[next(alphabet.length)]).join("");
      const rows = breakRows(text, mono, next(12));
      expect([rows[0], rows.at(-1)]).toEqual([0, text.length]);
      for (let i = 1; i < rows.length; i++) if (text) expect(rows[i]).toBeGreaterThan(rows[i - 1]!);
      for (let place = 0; place < text.length; place++) {
        const row = rowAt(rows, place);
        expect(rows[row]! <= place && place < rows[row + 1]!).toBe(true);
      }
    }
  });

  it("break one line of ten megabytes in well under a second", () => {
    const text = "lorem ipsum dolor sit amet 人工智能 ".repeat(330_000);
    const begun = performance.now();
    const rows = breakRows(text, mono, 100);
    expect(rows.length).toBeGreaterThan(100_000);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it("never cut a surrogate pair", () => {
    const text = "😀\u200d".repeat(200);
    expect(text.charCodeAt(wholeBefore(text, 301, 0)) & 0xfc00).not.toBe(0xdc00);
  });
});
