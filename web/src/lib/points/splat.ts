// Points mixed into the pixels of an image by the processor: for browsers without WebGL2, and for moving pictures where
// WebGL2 itself is done by the processor, which spends fifty times as long on a point.

import { STEP_BACK, STEP_FORTH, type Frame } from "./renderer";

// A disc as runs of pixels: row, first column, last column, around its middle.
type Disc = Int16Array;

export class Splat {
  xy: Float32Array = new Float32Array();
  looks: Uint8Array = new Uint8Array();
  emphasis: Uint32Array = new Uint32Array();
  private readonly discs = new Map<number, Disc>();

  /** Draws into `pixels`, (height, width) of red, green, blue, opaque, in the byte order of an image. */
  mix(frame: Frame, pixels: Uint32Array, width: number, height: number): void {
    pixels.fill(((255 << 24) | (frame.paper[2] << 16) | (frame.paper[1] << 8) | frame.paper[0]) >>> 0);
    const some = this.emphasis.length > 0;
    const count = Math.min(frame.count, this.looks.length / 4);
    this.points(frame, pixels, width, height, count, null, 1, frame.opacity * (some ? STEP_BACK : 1));
    if (some) this.points(frame, pixels, width, height, this.emphasis.length, this.emphasis, STEP_FORTH, Math.max(frame.opacity, 0.9));
  }

  private points(
    frame: Frame, pixels: Uint32Array, width: number, height: number, count: number, slots: Uint32Array | null, larger: number, opacity: number,
  ): void {
    const { xy, looks } = this, scale = frame.scale * frame.ratio;
    const shiftX = width / 2 - frame.x * scale, shiftY = height / 2 + frame.y * scale;
    const alpha = Math.min(256, Math.round(opacity * 256));
    const discs = Array.from({ length: 256 }, () => null as Disc | null);
    for (let at = 0; at < count; at++) {
      const slot = slots ? slots[at]! : at;
      const x = Math.round(xy[2 * slot]! * scale + shiftX), y = Math.round(shiftY - xy[2 * slot + 1]! * scale);
      const size = looks[4 * slot + 3]!;
      const disc = (discs[size] ??= this.disc(frame.radius * frame.ratio * larger * (size / 100)));
      const reach = -disc[0]!;
      if (!(x >= -reach && x < width + reach && y >= -reach && y < height + reach)) continue; // NaN as well
      const redBlue = looks[4 * slot]! | (looks[4 * slot + 2]! << 16), green = looks[4 * slot + 1]! << 8;
      const whole = x >= reach && x < width - reach && y >= reach && y < height - reach;
      for (let run = 0; run < disc.length; run += 3) {
        const row = y + disc[run]!;
        let first = x + disc[run + 1]!, last = x + disc[run + 2]!;
        if (!whole) {
          if (row < 0 || row >= height) continue;
          if (first < 0) first = 0;
          if (last >= width) last = width - 1;
        }
        for (let pixel = row * width + first, end = row * width + last; pixel <= end; pixel++) {
          // Two colours in one product; what one borrows of the other is less than the eye sees.
          const below = pixels[pixel]!, belowTwo = below & 0xff00ff, belowOne = below & 0xff00;
          pixels[pixel] =
            0xff000000 | ((belowTwo + (Math.imul(redBlue - belowTwo, alpha) >> 8)) & 0xff00ff) | ((belowOne + (Math.imul(green - belowOne, alpha) >> 8)) & 0xff00);
        }
      }
    }
  }

  private disc(radius: number): Disc {
    const quarters = Math.max(2, Math.round(radius * 4));
    let disc = this.discs.get(quarters);
    if (!disc) {
      const exact = quarters / 4, reach = Math.floor(exact), runs: number[] = [];
      for (let row = -reach; row <= reach; row++) {
        const half = Math.floor(Math.sqrt(Math.max(0, exact * exact - row * row)));
        runs.push(row, -half, half);
      }
      disc = Int16Array.from(runs);
      this.discs.set(quarters, disc);
    }
    return disc;
  }
}
