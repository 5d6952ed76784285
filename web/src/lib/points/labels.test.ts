import { describe, expect, it } from "vitest";
import { placed, room, short, type Candidate } from "./labels";

const FONT = 12;
function candidates(n: number, width: number, height: number): Candidate[] {
  return Array.from({ length: n }, (_, index) => ({
    index, x: (index * 7919) % width, y: (index * 104729) % height, radius: 3, text: `label ${index}`, width: 30 + (index % 5) * 14,
  }));
}

describe("labels", () => {
  it("never cover each other or leave the picture", () => {
    const all = candidates(900, 800, 500), widths = new Map(all.map((one) => [one.index, one.width]));
    const found = placed(all, 800, 500, FONT, 1000);
    expect(found.length).toBeGreaterThan(60);
    const areas = found.map(({ index, x, y }) => ({ left: x, right: x + widths.get(index)!, top: y - FONT * 0.9, bottom: y + FONT * 0.3 }));
    for (const [i, a] of areas.entries()) {
      expect(a.left >= 0 && a.right <= 800 && a.top >= 0 && a.bottom <= 500).toBe(true);
      for (const b of areas.slice(i + 1)) expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
    }
  });

  it("come by their order, as many as asked for", () => {
    const at = (index: number): Candidate => ({ index, x: 210, y: 60, radius: 3, text: "x".repeat(9), width: 400 });
    expect(placed([at(5), at(2), at(9)], 420, 130, FONT, 9).map(({ index }) => index)).toEqual([5, 2]); // above and below
    expect(placed(candidates(500, 800, 500), 800, 500, FONT, 7)).toHaveLength(7);
  });

  it("are drawn in when they are urgent, left out when they have no text", () => {
    const corner: Candidate = { index: 1, x: 799, y: 2, radius: 3, text: "corner", width: 120 };
    expect(placed([corner], 100, 30, FONT, 5)).toEqual([]);
    const [urgent] = placed([{ ...corner, urgent: true }], 800, 500, FONT, 5);
    expect(urgent!.x + 120).toBeLessThanOrEqual(800);
    expect(placed([{ ...corner, text: "" }], 800, 500, FONT, 5)).toEqual([]);
  });

  it("grow in number with the room", () => {
    expect(room(390, 400)).toBeLessThan(room(1280, 800));
    expect(room(1, 1)).toBeGreaterThan(0);
  });

  it("are shortened by letters as people count them", () => {
    expect(short("a\n b\tc")).toBe("a b c");
    expect(short("词元".repeat(30), 5)).toBe("词元词元…");
    expect(short("👩‍👩‍👧".repeat(3), 4).endsWith("…")).toBe(true);
    expect(short("")).toBe("");
    expect(short("  ")).not.toBe("");
  });
});
