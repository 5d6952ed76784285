// What draws points. Arrays are in the order of drawing (`Points.order`), so that the first m points are a fair sample.

import type { Rgb } from "./colours";

export interface Frame {
  /** Centre on the plane, CSS pixels for each unit, size of the screen in CSS pixels. */
  x: number;
  y: number;
  scale: number;
  width: number;
  height: number;
  /** Device pixels for each CSS pixel. */
  ratio: number;
  radius: number;
  opacity: number;
  /** How many points are drawn, from the first. */
  count: number;
  /** Whether the picture is one of many that follow each other. */
  moving: boolean;
  paper: Rgb;
}

export interface Renderer {
  readonly kind: "webgl2" | "canvas2d";
  /** x0, y0, x1, y1, ... */
  setPositions(xy: Float32Array): void;
  /** red, green, blue, size for each point; size / 100 is the factor of the radius. */
  setLooks(looks: Uint8Array): void;
  /** Points drawn last and clearly while all others step back; none: all are equal. */
  setEmphasis(slots: Uint32Array): void;
  draw(frame: Frame): void;
  dispose(): void;
}

/** How much of their opacity the others keep while some are emphasised. */
export const STEP_BACK = 0.22;
/** How much larger the emphasised are. */
export const STEP_FORTH = 1.3;
