import { describe, expect, it } from "vitest";
import { depth, fit, labels, shortened, textWidth } from "./plane";

describe("the picture of an analogy", () => {
  const corners = [
    { x: -1, y: 0.5 },
    { x: -1, y: -0.5 },
    { x: 1, y: -0.5 },
    { x: 1, y: 0.5 },
  ];

  it("keeps everything inside, to one scale, with y upwards", () => {
    const place = fit(corners, 600, 400, { x: 50, y: 40 });
    const drawn = corners.map(place);
    for (const { x, y } of drawn) {
      expect(x).toBeGreaterThanOrEqual(50);
      expect(x).toBeLessThanOrEqual(550);
      expect(y).toBeGreaterThanOrEqual(40);
      expect(y).toBeLessThanOrEqual(360);
    }
    const [a, b, c] = drawn as [{ x: number; y: number }, { x: number; y: number }, { x: number; y: number }];
    expect(a.y).toBeLessThan(b.y);
    expect((c.x - b.x) / (b.y - a.y)).toBeCloseTo(2, 6);
  });

  it("puts points that are all at one place in the middle", () => {
    expect(fit([{ x: 3, y: 3 }], 200, 100, { x: 10, y: 10 })({ x: 3, y: 3 })).toEqual({ x: 100, y: 50 });
  });

  it("ends an arrow before its point, and never behind its beginning", () => {
    const end = shortened({ x: 0, y: 0 }, { x: 30, y: 40 }, 10);
    expect([end.x, end.y]).toEqual([24, 32]);
    expect(shortened({ x: 0, y: 0 }, { x: 3, y: 4 }, 10)).toEqual({ x: 0, y: 0 });
  });

  it("keeps labels apart while there is room", () => {
    const points = [{ x: 200, y: 200 }, { x: 205, y: 204 }, { x: 400, y: 100 }];
    const found = labels(points, ["first", "second", "第三个"], 13, 600, 400);
    expect(found.every((label) => !label.crowded)).toBe(true);
    expect(labels(Array.from({ length: 30 }, () => ({ x: 50, y: 50 })), Array.from({ length: 30 }, () => "crowd"), 13, 100, 100).some((label) => label.crowded)).toBe(true);
  });

  it("keeps labels inside the picture", () => {
    const [label] = labels([{ x: 595, y: 200 }], ["a long label at the edge"], 13, 600, 400);
    expect(label?.anchor).toBe("end");
    expect(textWidth("水水", 10)).toBe(20);
  });

  it("pales with the distance from the plane", () => {
    expect(depth(0)).toBe(1);
    expect(depth(5)).toBe(0.35);
    expect(depth(0.4)).toBeGreaterThan(depth(0.9));
  });
});
