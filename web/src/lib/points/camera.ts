// Where the map is looked at from: a centre in the map's units and pixels for each unit. y grows upwards on the plane and
// downwards on the screen. All sizes are CSS pixels.

import type { Bounds } from "./data";

export interface View {
  x: number;
  y: number;
  scale: number;
}

const MARGIN = 0.07;
const OUT = 0.25; // how far out of the whole picture one may go
const IN = 20_000; // positions have 24 bits: beyond this neighbours share them

export class Camera {
  x = 0;
  y = 0;
  scale = 1;
  width = 1;
  height = 1;
  private home: View = { x: 0, y: 0, scale: 1 };
  private all: Bounds = { left: -1, right: 1, bottom: -1, top: 1 };

  /** The room on the screen. The centre stays, and what filled the old room fills the new one. */
  resize(width: number, height: number): void {
    const before = this.home.scale, zoom = this.scale / before;
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    this.home = this.framing(this.all);
    this.scale = this.home.scale * zoom;
  }

  /** The bounds that "whole picture" means from now on, and shows them. */
  frame(bounds: Bounds): void {
    this.all = bounds;
    this.home = this.framing(bounds);
    this.reset();
  }

  reset(): void {
    this.view = this.home;
  }

  /** The view that holds `bounds`; a single point is shown with the neighbourhood of `closest` times the whole. */
  framing(bounds: Bounds, closest = Infinity): View {
    const wide = Math.max(bounds.right - bounds.left, 0), tall = Math.max(bounds.top - bounds.bottom, 0);
    const room = 1 - 2 * MARGIN;
    const fit = Math.min(wide > 0 ? (this.width * room) / wide : Infinity, tall > 0 ? (this.height * room) / tall : Infinity);
    const scale = Number.isFinite(fit) ? fit : (Math.min(this.width, this.height) * room) / 2;
    return {
      x: (bounds.left + bounds.right) / 2,
      y: (bounds.bottom + bounds.top) / 2,
      scale: Number.isFinite(closest) ? Math.min(Number.isFinite(fit) ? fit : Infinity, this.home.scale * closest) : scale,
    };
  }

  get view(): View {
    return { x: this.x, y: this.y, scale: this.scale };
  }

  set view(view: View) {
    this.x = view.x;
    this.y = view.y;
    this.scale = view.scale;
    this.keep();
  }

  /** How much closer than the whole picture. */
  get zoom(): number {
    return this.scale / this.home.scale;
  }

  /** Moves the picture by pixels. */
  pan(dx: number, dy: number): void {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.keep();
  }

  /** Closer by `factor`; what is at the pixel (px, py) stays there. */
  zoomAt(px: number, py: number, factor: number): void {
    if (!(factor > 0) || !Number.isFinite(factor)) return;
    const [x, y] = this.toPlane(px, py);
    this.scale = Math.min(Math.max(this.scale * factor, this.home.scale * OUT), this.home.scale * IN);
    this.x = x - (px - this.width / 2) / this.scale;
    this.y = y + (py - this.height / 2) / this.scale;
    this.keep();
  }

  toPlane(px: number, py: number): [number, number] {
    return [this.x + (px - this.width / 2) / this.scale, this.y - (py - this.height / 2) / this.scale];
  }

  toScreen(x: number, y: number): [number, number] {
    return [(x - this.x) * this.scale + this.width / 2, (this.y - y) * this.scale + this.height / 2];
  }

  /** What of the plane is seen. */
  get seen(): Bounds {
    const wide = this.width / 2 / this.scale, tall = this.height / 2 / this.scale;
    return { left: this.x - wide, right: this.x + wide, bottom: this.y - tall, top: this.y + tall };
  }

  // The picture never leaves the screen wholly, and never gets lost in the distance.
  private keep(): void {
    if (!Number.isFinite(this.scale) || this.scale <= 0) this.scale = this.home.scale;
    this.scale = Math.min(Math.max(this.scale, this.home.scale * OUT), this.home.scale * IN);
    this.x = Number.isFinite(this.x) ? Math.min(Math.max(this.x, this.all.left), this.all.right) : this.home.x;
    this.y = Number.isFinite(this.y) ? Math.min(Math.max(this.y, this.all.bottom), this.all.top) : this.home.y;
  }
}

/** The view `share` of the way from one to another: even steps of zoom, so that it looks even. */
export function between(from: View, to: View, share: number): View {
  const eased = share < 0.5 ? 2 * share * share : 1 - (2 - 2 * share) ** 2 / 2;
  const scale = from.scale * (to.scale / from.scale) ** eased;
  // The centre moves with the zoom, or it would rush past at the closer end.
  const part = Math.abs(to.scale / from.scale - 1) < 1e-6 ? eased : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part, scale };
}
