// Arrays of numbers from the server: base64 of little-endian typed arrays.

const KINDS = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
} as const;

export type Dtype = keyof typeof KINDS;
export interface Packed {
  dtype: string;
  shape: number[];
  data: string;
}

function isDtype(name: string): name is Dtype {
  return name in KINDS;
}

/** The bytes of base64 text. */
export function bytes(data: string): Uint8Array<ArrayBuffer> {
  const binary = atob(data);
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}

/** The numbers of a packed array, row after row. Throws TypeError when dtype, shape and data do not fit together. */
export function unpack<D extends Dtype>(packed: Packed, dtype: D): InstanceType<(typeof KINDS)[D]> {
  if (packed.dtype !== dtype || !isDtype(packed.dtype)) throw new TypeError(`expected an array of ${dtype}, received ${packed.dtype}`);
  const raw = bytes(packed.data);
  const Kind = KINDS[dtype];
  const count = packed.shape.reduce((product, n) => product * n, 1);
  if (raw.length !== count * Kind.BYTES_PER_ELEMENT) {
    throw new TypeError(`expected ${count * Kind.BYTES_PER_ELEMENT} bytes for shape [${packed.shape.join(", ")}], received ${raw.length}`);
  }
  return new Kind(raw.buffer) as InstanceType<(typeof KINDS)[D]>;
}

/** Numbers as `unpack` takes them, in one row. */
export function pack(values: Float32Array | Int32Array): Packed {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let binary = "";
  for (let at = 0; at < raw.length; at += 8192) binary += String.fromCharCode(...raw.subarray(at, at + 8192));
  return { dtype: values instanceof Float32Array ? "f4" : "i4", shape: [values.length], data: btoa(binary) };
}
