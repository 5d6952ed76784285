import { describe, expect, it } from "vitest";
import { bytes, unpack, type Packed } from "./arrays";

const base64 = (raw: Uint8Array): string => btoa(String.fromCharCode(...raw));
const pack = (array: Float32Array | Uint32Array, dtype: string, shape: number[]): Packed => ({
  dtype,
  shape,
  data: base64(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)),
});

describe("arrays from the server", () => {
  it("are the numbers that were sent", () => {
    const sent = new Float32Array([1.5, -2, 0, 3e9, Number.NaN, Infinity]);
    expect(unpack(pack(sent, "f4", [3, 2]), "f4")).toEqual(sent);
    const ids = new Uint32Array([0, 4294967295]);
    expect(unpack(pack(ids, "u4", [2]), "u4")).toEqual(ids);
    expect(unpack({ dtype: "u4", shape: [0], data: "" }, "u4")).toHaveLength(0);
  });

  it("refuses another dtype and a shape that does not fit", () => {
    expect(() => unpack(pack(new Float32Array(2), "f4", [2]), "f8")).toThrow(TypeError);
    expect(() => unpack(pack(new Float32Array(2), "f4", [3]), "f4")).toThrow(/expected 12 bytes for shape \[3\], received 8/);
  });

  it("decodes bytes", () => {
    expect([...bytes(base64(new Uint8Array([0, 128, 255])))]).toEqual([0, 128, 255]);
  });
});
