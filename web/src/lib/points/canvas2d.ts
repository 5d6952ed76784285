// Points without a graphics interface: mixed by the processor, put on a canvas. Always there.

import type { Frame, Renderer } from "./renderer";
import { Splat } from "./splat";

export class CanvasRenderer implements Renderer {
  readonly kind = "canvas2d";
  private readonly context: CanvasRenderingContext2D;
  private readonly splat = new Splat();
  private image: ImageData | null = null;

  constructor(private readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("[points] expected a canvas to draw on, received none; try another browser");
    this.context = context;
  }

  setPositions(xy: Float32Array): void {
    this.splat.xy = xy;
  }

  setLooks(looks: Uint8Array): void {
    this.splat.looks = looks;
  }

  setEmphasis(slots: Uint32Array): void {
    this.splat.emphasis = slots;
  }

  draw(frame: Frame): void {
    const { width, height } = this.canvas;
    if (!width || !height) return;
    if (this.image?.width !== width || this.image.height !== height) this.image = this.context.createImageData(width, height);
    this.splat.mix(frame, new Uint32Array(this.image.data.buffer), width, height);
    this.context.putImageData(this.image, 0, 0);
  }

  dispose(): void {
    this.image = null;
  }
}
