import { describe, expect, it } from "vitest";
import { between, Camera } from "./camera";

function camera(width = 800, height = 400): Camera {
  const made = new Camera();
  made.resize(width, height);
  made.frame({ left: -1, right: 1, bottom: -0.5, top: 0.5 });
  return made;
}

describe("the camera", () => {
  it("shows the whole picture with a margin, in the middle", () => {
    const made = camera();
    expect(made.toScreen(0, 0)).toEqual([400, 200]);
    for (const [x, y] of [[-1, -0.5], [1, 0.5]] as const) {
      const [px, py] = made.toScreen(x, y);
      expect(px).toBeGreaterThan(0);
      expect(px).toBeLessThan(800);
      expect(py).toBeGreaterThan(0);
      expect(py).toBeLessThan(400);
    }
    expect(made.toScreen(0, 0.5)[1]).toBeLessThan(200); // up is up
  });

  it("keeps what is under the pointer there while it zooms", () => {
    for (const factor of [1.3, 7, 0.8]) {
      const made = camera();
      const before = made.toPlane(420, 190);
      made.zoomAt(420, 190, factor);
      const after = made.toPlane(420, 190);
      expect(after[0]).toBeCloseTo(before[0], 9);
      expect(after[1]).toBeCloseTo(before[1], 9);
      expect(made.zoom).toBeCloseTo(factor, 9);
    }
  });

  it("goes there and back between plane and screen", () => {
    const made = camera(333, 777);
    made.zoomAt(10, 20, 55);
    const [px, py] = made.toScreen(...made.toPlane(123.25, 456.5));
    expect(px).toBeCloseTo(123.25, 6);
    expect(py).toBeCloseTo(456.5, 6);
  });

  it("moves by pixels and never loses the picture", () => {
    const made = camera();
    const [x, y] = made.toScreen(0.3, 0.1);
    made.pan(20, -10);
    expect(made.toScreen(0.3, 0.1)[0]).toBeCloseTo(x + 20, 9);
    expect(made.toScreen(0.3, 0.1)[1]).toBeCloseTo(y - 10, 9);
    made.pan(1e9, -1e9);
    expect(made.x).toBe(-1);
    expect(made.y).toBe(-0.5);
    made.zoomAt(0, 0, 1e-9);
    expect(made.zoom).toBeCloseTo(0.25);
    made.zoomAt(0, 0, 1e12);
    expect(made.zoom).toBeCloseTo(20_000);
  });

  it.each([Number.NaN, Infinity, -1, 0])("takes no harm from a factor of %s", (factor) => {
    const made = camera();
    const before = made.view;
    made.zoomAt(5, 5, factor);
    expect(made.view).toEqual(before);
    made.view = { x: factor === 0 ? 0 : Number.NaN, y: 0, scale: Number.NaN };
    expect(Number.isFinite(made.x) && Number.isFinite(made.scale)).toBe(true);
  });

  it("keeps what it shows when the room changes", () => {
    const made = camera();
    made.zoomAt(400, 200, 3);
    made.resize(400, 200);
    expect(made.zoom).toBeCloseTo(3);
    expect([made.x, made.y]).toEqual([0, 0]);
  });

  it("frames a point, a line and nothing", () => {
    const made = camera();
    const point = made.framing({ left: 0.2, right: 0.2, bottom: 0.1, top: 0.1 }, 8);
    expect([point.x, point.y]).toEqual([0.2, 0.1]);
    made.view = point;
    expect(made.zoom).toBeCloseTo(8);
    const line = made.framing({ left: 0, right: 1, bottom: 0, top: 0 });
    expect(Number.isFinite(line.scale)).toBe(true);
  });

  it("flies from one view to another by even steps of zoom", () => {
    const from = { x: 0, y: 0, scale: 100 }, to = { x: 0.5, y: -0.2, scale: 1600 };
    expect(between(from, to, 0)).toEqual(from);
    const end = between(from, to, 1);
    expect(end.x).toBeCloseTo(0.5);
    expect(end.scale).toBeCloseTo(1600);
    expect(between(from, to, 0.5).scale).toBeCloseTo(400);
    const even = between(from, { ...to, scale: 100 }, 0.5);
    expect(even.x).toBeCloseTo(0.25);
  });
});
