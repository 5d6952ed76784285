// An image that fills the screen of a graphics context.

import { linked } from "./shaders";

// One triangle that covers the screen; rows of the image run downwards.
const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D image;
uniform int height;
out vec4 ink;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ink = vec4(texelFetch(image, ivec2(at.x, height - 1 - at.y), 0).rgb, 1.0);
}`;

export class Texture {
  private readonly program: WebGLProgram | null;
  private readonly texture: WebGLTexture | null;
  private readonly height: WebGLUniformLocation | null;
  private readonly empty: WebGLVertexArrayObject | null;
  private size = { width: 0, height: 0 };

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = linked(gl, VERTEX, FRAGMENT);
    this.height = this.program && gl.getUniformLocation(this.program, "height");
    this.empty = gl.createVertexArray();
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  draw(pixels: Uint32Array, width: number, height: number): void {
    const gl = this.gl, bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (width === this.size.width && height === this.size.height) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    } else {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
      this.size = { width, height };
    }
    gl.useProgram(this.program);
    gl.uniform1i(this.height, height);
    gl.bindVertexArray(this.empty);
    gl.disable(gl.BLEND);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.enable(gl.BLEND);
  }

  dispose(): void {
    this.gl.deleteTexture(this.texture);
    this.gl.deleteVertexArray(this.empty);
    this.gl.deleteProgram(this.program);
  }
}
