/// <reference lib="esnext.float16" />

/** A vector as it lies on disk: IEEE 754 half precision, two bytes a dimension; moves a cosine by at most about 3e-4. */
export function toHalf(values: Float32Array): Uint8Array {
  return new Uint8Array(new Float16Array(values).buffer);
}

export function fromHalf(bytes: Uint8Array): Float32Array {
  // A copy, because a blob of SQLite need not begin at an even address.
  return new Float32Array(new Float16Array(bytes.slice().buffer));
}
