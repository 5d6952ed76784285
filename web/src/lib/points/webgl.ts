// Points as GL_POINTS of WebGL2: positions and looks lie in GPU buffers, a frame is one or two draw calls. Where WebGL2 itself
// is done by the processor (SwiftShader, llvmpipe) a point costs it most of a microsecond: there moving pictures are mixed by
// our own code on a canvas above, all points of them.

import { CanvasRenderer } from "./canvas2d";
import { STEP_BACK, STEP_FORTH, type Frame, type Renderer } from "./renderer";
import { linked } from "./shaders";

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in vec4 look;
uniform vec2 centre;
uniform vec2 zoom;
uniform float diameter;
out vec3 colour;
void main() {
  gl_Position = vec4((place - centre) * zoom, 0.0, 1.0);
  gl_PointSize = max(1.0, diameter * look.a * 2.55);
  colour = look.rgb;
}`;

// Discs with a soft edge; points of a few pixels are squares, where the difference cannot be seen and costs.
const FRAGMENT = `#version 300 es
precision mediump float;
in vec3 colour;
uniform float opacity;
uniform float edge;
out vec4 ink;
void main() {
  float alpha = opacity;
  if (edge > 0.0) {
    float away = length(gl_PointCoord - 0.5) * 2.0;
    alpha *= 1.0 - smoothstep(1.0 - edge, 1.0, away);
  }
  ink = vec4(colour * alpha, alpha);
}`;

const SQUARE = 3.2; // device pixels across
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/iu;

export class WebGlRenderer implements Renderer {
  readonly kind = "webgl2";
  private readonly gl: WebGL2RenderingContext;
  private program: WebGLProgram | null = null;
  private array: WebGLVertexArrayObject | null = null;
  private places: WebGLBuffer | null = null;
  private looks: WebGLBuffer | null = null;
  private chosen: WebGLBuffer | null = null;
  private at: Record<"centre" | "zoom" | "diameter" | "opacity" | "edge", WebGLUniformLocation | null> | null = null;
  /** Where moving pictures are drawn instead. */
  private readonly film: { canvas: HTMLCanvasElement; renderer: CanvasRenderer } | null;
  private xy: Float32Array = new Float32Array();
  private look: Uint8Array = new Uint8Array();
  private emphasis: Uint32Array = new Uint32Array();

  /** Null where the browser has no WebGL2. */
  static on(canvas: HTMLCanvasElement): WebGlRenderer | null {
    const gl = canvas.getContext("webgl2", { antialias: false, depth: false, stencil: false, powerPreference: "high-performance" });
    return gl ? new WebGlRenderer(gl, canvas) : null;
  }

  private constructor(gl: WebGL2RenderingContext, canvas: HTMLCanvasElement) {
    this.gl = gl;
    const names = gl.getExtension("WEBGL_debug_renderer_info");
    const name: unknown = gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
    this.film = SOFTWARE.test(String(name)) ? filmOver(canvas) : null;
    this.build();
  }

  /** Makes everything on the GPU anew: at the start, and after a lost context came back. */
  restore(): void {
    this.build();
    this.setPositions(this.xy);
    this.setLooks(this.look);
    this.setEmphasis(this.emphasis);
  }

  private build(): void {
    const gl = this.gl;
    const program = linked(gl, VERTEX, FRAGMENT);
    if (!program) return; // the context is lost; restore() comes
    this.program = program;
    const where = (name: string) => gl.getUniformLocation(program, name);
    this.at = { centre: where("centre"), zoom: where("zoom"), diameter: where("diameter"), opacity: where("opacity"), edge: where("edge") };
    this.array = gl.createVertexArray();
    this.places = gl.createBuffer();
    this.looks = gl.createBuffer();
    this.chosen = gl.createBuffer();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.looks);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 4, gl.UNSIGNED_BYTE, true, 0, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.chosen);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.clearColor(0, 0, 0, 0);
  }

  setPositions(xy: Float32Array): void {
    this.xy = xy;
    this.film?.renderer.setPositions(xy);
    // A point without a place is far outside rather than NaN, which drivers treat as they like.
    const clean = xy.some(Number.isNaN) ? xy.map((value) => (Number.isNaN(value) ? 1e9 : value)) : xy;
    this.upload(this.gl.ARRAY_BUFFER, this.places, clean);
  }

  setLooks(looks: Uint8Array): void {
    this.look = looks;
    this.film?.renderer.setLooks(looks);
    this.upload(this.gl.ARRAY_BUFFER, this.looks, looks);
  }

  setEmphasis(slots: Uint32Array): void {
    this.emphasis = slots;
    this.film?.renderer.setEmphasis(slots);
    this.upload(this.gl.ELEMENT_ARRAY_BUFFER, this.chosen, slots);
  }

  private upload(target: number, buffer: WebGLBuffer | null, data: ArrayBufferView): void {
    const gl = this.gl;
    gl.bindVertexArray(this.array);
    gl.bindBuffer(target, buffer);
    gl.bufferData(target, data, gl.DYNAMIC_DRAW);
  }

  draw(frame: Frame): void {
    const gl = this.gl, at = this.at;
    if (this.film) {
      const { canvas, renderer } = this.film;
      canvas.style.visibility = frame.moving ? "visible" : "hidden";
      if (frame.moving) {
        if (canvas.width !== gl.canvas.width) canvas.width = gl.canvas.width;
        if (canvas.height !== gl.canvas.height) canvas.height = gl.canvas.height;
        renderer.draw(frame);
        return;
      }
    }
    if (gl.isContextLost() || !at) return;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    gl.uniform2f(at.centre, frame.x, frame.y);
    gl.uniform2f(at.zoom, (2 * frame.scale) / frame.width, (2 * frame.scale) / frame.height);
    const some = this.emphasis.length > 0;
    this.style(frame, 1, frame.opacity * (some ? STEP_BACK : 1));
    gl.drawArrays(gl.POINTS, 0, Math.min(frame.count, this.look.length / 4));
    if (some) {
      this.style(frame, STEP_FORTH, Math.max(frame.opacity, 0.9));
      gl.drawElements(gl.POINTS, this.emphasis.length, gl.UNSIGNED_INT, 0);
    }
  }

  private style(frame: Frame, larger: number, opacity: number): void {
    const gl = this.gl, across = 2 * frame.radius * frame.ratio * larger;
    gl.uniform1f(this.at!.diameter, across);
    gl.uniform1f(this.at!.opacity, opacity);
    gl.uniform1f(this.at!.edge, across > SQUARE ? Math.min(1, 2.5 / across) : 0);
  }

  dispose(): void {
    const gl = this.gl;
    for (const buffer of [this.places, this.looks, this.chosen]) gl.deleteBuffer(buffer);
    gl.deleteVertexArray(this.array);
    this.film?.canvas.remove();
    gl.deleteProgram(this.program);
  }
}

function filmOver(canvas: HTMLCanvasElement): { canvas: HTMLCanvasElement; renderer: CanvasRenderer } {
  const film = document.createElement("canvas");
  film.style.cssText = canvas.style.cssText;
  film.style.visibility = "hidden";
  canvas.after(film);
  return { canvas: film, renderer: new CanvasRenderer(film) };
}
