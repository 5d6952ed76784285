// Programs of the graphics interface.

/** A program of two sources; null while the context is lost. */
export function linked(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram | null {
  const program = gl.createProgram();
  const parts = [gl.createShader(gl.VERTEX_SHADER), gl.createShader(gl.FRAGMENT_SHADER)] as const;
  if (!program || !parts[0] || !parts[1]) return null;
  for (const [at, source] of [vertex, fragment].entries()) {
    const shader = parts[at]!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`[points] expected shaders that link, received: ${gl.getProgramInfoLog(program)}`);
  }
  for (const shader of parts) gl.deleteShader(shader);
  return program;
}
