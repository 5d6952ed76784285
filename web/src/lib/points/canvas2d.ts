// Points without a graphics interface: discs are mixed into the pixels of an image. Slower than a GPU, and always there.

import { STEP_BACK, STEP_FORTH, type Frame, type Renderer } from "./renderer";

interface Disc {
  /** Left, top and share of each pixel around the middle. */
  spans: { row: number; from: number; to: number }[];
  reach: number;
}

export class CanvasRenderer implements Renderer {
  readonly kind = "canvas2d";
  private readonly context: CanvasRenderingContext2D;
  private image: ImageData | null = null;
  private xy: Float32Array = new Float32Array();
  private looks: Uint8Array = new Uint8Array();
  private emphasis: Uint32Array = new Uint32Array();
  private readonly discs = new Map<number, Disc>();

  constructor(private readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("[points] expected a canvas to draw on, received none; try another browser");
    this.context = context;
  }

  setPositions(xy: Float32Array): void {
    this.xy = xy;
  }

  setLooks(looks: Uint8Array): void {
    this.looks = looks;
  }

  setEmphasis(slots: Uint32Array): void {
    this.emphasis = slots;
  }

  draw(frame: Frame): void {
    const { width, height } = this.canvas;
    if (!width || !height) return;
    if (this.image?.width !== width || this.image.height !== height) this.image = this.context.createImageData(width, height);
    const pixels = this.image.data;
    new Uint32Array(pixels.buffer).fill(((255 << 24) | (frame.paper[2] << 16) | (frame.paper[1] << 8) | frame.paper[0]) >>> 0);
    const some = this.emphasis.length > 0;
    const count = Math.min(frame.count, this.looks.length / 4);
    for (let slot = 0; slot < count; slot++) this.point(frame, slot, 1, frame.opacity * (some ? STEP_BACK : 1));
    if (some) for (const slot of this.emphasis) this.point(frame, slot, STEP_FORTH, Math.max(frame.opacity, 0.9));
    this.context.putImageData(this.image, 0, 0);
  }

  private point(frame: Frame, slot: number, larger: number, opacity: number): void {
    const image = this.image!, width = image.width, height = image.height, pixels = image.data;
    const scale = frame.scale * frame.ratio;
    const x = Math.round((this.xy[2 * slot]! - frame.x) * scale + width / 2);
    const y = Math.round((frame.y - this.xy[2 * slot + 1]!) * scale + height / 2);
    const disc = this.disc(frame.radius * frame.ratio * larger * (this.looks[4 * slot + 3]! / 100));
    if (!(x >= -disc.reach && x < width + disc.reach && y >= -disc.reach && y < height + disc.reach)) return; // NaN as well
    const red = this.looks[4 * slot]!, green = this.looks[4 * slot + 1]!, blue = this.looks[4 * slot + 2]!;
    const alpha = Math.round(opacity * 256);
    for (const span of disc.spans) {
      const row = y + span.row;
      if (row < 0 || row >= height) continue;
      const first = Math.max(0, x + span.from), last = Math.min(width - 1, x + span.to);
      for (let at = 4 * (row * width + first), end = 4 * (row * width + last); at <= end; at += 4) {
        pixels[at]! += ((red - pixels[at]!) * alpha) >> 8;
        pixels[at + 1]! += ((green - pixels[at + 1]!) * alpha) >> 8;
        pixels[at + 2]! += ((blue - pixels[at + 2]!) * alpha) >> 8;
      }
    }
  }

  private disc(radius: number): Disc {
    const quarter = Math.max(2, Math.round(radius * 4));
    let disc = this.discs.get(quarter);
    if (!disc) {
      const exact = quarter / 4, reach = Math.floor(exact);
      disc = { spans: [], reach: reach + 1 };
      for (let row = -reach; row <= reach; row++) {
        const half = Math.floor(Math.sqrt(Math.max(0, exact * exact - row * row)));
        disc.spans.push({ row, from: -half, to: half });
      }
      this.discs.set(quarter, disc);
    }
    return disc;
  }

  dispose(): void {
    this.image = null;
  }
}
