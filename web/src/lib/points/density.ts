// How large and how clear points are drawn: where many share few pixels they are small and let others through.

import type { Bounds } from "./data";

const SIDE = 96;

/** How many points are where, coarsely. */
export class Density {
  private readonly counts = new Uint32Array(SIDE * SIDE);
  private readonly left: number;
  private readonly bottom: number;
  private readonly wide: number;
  private readonly tall: number;

  constructor(xy: Float32Array, bounds: Bounds) {
    this.left = bounds.left;
    this.bottom = bounds.bottom;
    this.wide = Math.max(bounds.right - bounds.left, 1e-6) / SIDE;
    this.tall = Math.max(bounds.top - bounds.bottom, 1e-6) / SIDE;
    for (let i = 0; i < xy.length; i += 2) {
      const column = Math.floor((xy[i]! - this.left) / this.wide), row = Math.floor((xy[i + 1]! - this.bottom) / this.tall);
      if (!(column >= 0 && row >= 0)) continue;
      this.counts[Math.min(column, SIDE - 1) + Math.min(row, SIDE - 1) * SIDE]!++;
    }
  }

  /** Points a square unit around a typical point of what is seen: the mean over points, not over space. */
  around(seen: Bounds): number {
    const first = (value: number, from: number, step: number) => Math.min(SIDE - 1, Math.max(0, Math.floor((value - from) / step)));
    let points = 0, squares = 0;
    const lastRow = first(seen.top, this.bottom, this.tall), lastColumn = first(seen.right, this.left, this.wide);
    for (let row = first(seen.bottom, this.bottom, this.tall); row <= lastRow; row++) {
      for (let column = first(seen.left, this.left, this.wide); column <= lastColumn; column++) {
        const count = this.counts[column + row * SIDE]!;
        points += count;
        squares += count * count;
      }
    }
    return points ? squares / points / (this.wide * this.tall) : 0;
  }
}

export interface Look {
  /** Radius in CSS pixels. */
  radius: number;
  opacity: number;
}

/** Radius and opacity for a density in points a square pixel. */
export function lookAt(perPixel: number): Look {
  if (!(perPixel > 0)) return { radius: 7, opacity: 0.95 };
  const apart = 1 / Math.sqrt(perPixel);
  const radius = Math.min(7, Math.max(1.3, apart * 0.55));
  // The share of a pixel's neighbourhood that is covered; beyond a whole cover points let through what lies below.
  const cover = perPixel * Math.PI * radius * radius;
  return { radius, opacity: Math.min(0.95, Math.max(0.14, 0.95 / Math.max(1, cover * 0.45))) };
}
