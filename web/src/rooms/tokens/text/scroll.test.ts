import { describe, expect, it } from "vitest";
import { clamp, extent, fromBar, toBar, visible } from "./scroll";

describe("scrolling", () => {
  it("is the browser's own while the rows fit", () => {
    const small = extent(1000, 28, 600);
    expect([small.canvas, fromBar(1234, small), toBar(1234, small)]).toEqual([28_000, 1234, 1234]);
  });

  it("reaches the first and the last row of five million", () => {
    const large = extent(5_000_000, 28, 600);
    expect(large.canvas).toBe(8_000_000);
    expect(fromBar(0, large)).toBe(0);
    expect(fromBar(large.canvas - large.view, large)).toBe(large.total - large.view);
    for (const place of [0, 28, 1e6, 7e7, large.total - large.view]) expect(fromBar(toBar(place, large), large)).toBeCloseTo(place, 3);
    expect(clamp(1e12, large)).toBe(large.total - large.view);
  });

  it("draws what is seen and a little more", () => {
    expect(visible(0, 28, 1000, 280, 4)).toEqual([0, 14]);
    expect(visible(2800, 28, 1000, 280, 4)).toEqual([96, 114]);
    expect(visible(27_900, 28, 1000, 280, 4)).toEqual([992, 1000]);
    expect(visible(0, 28, 0, 280, 4)).toEqual([0, 0]);
  });
});
