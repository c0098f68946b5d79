import { DESCRIPTOR_BYTES } from "./descriptor.ts";
import type { LocalFeatures } from "./features.ts";

/**
 * Layout, little-endian: "SMLF", version u8, 0 u8, count u16, width u16, height u16; x and y of every point as u16
 * fractions; sizes and directions as u8; descriptors. 134 bytes a point: 54 kB for a catalogue picture.
 */
const MAGIC = 0x464c4d53;
const HEADER = 12;

/** Raise it with any change of detector, descriptor or layout: stored features of another version are made anew. */
export const FEATURES_VERSION = 3;

const POINT = 4 + 2 + DESCRIPTOR_BYTES;
/** Steps of a stored size in an octave, from one pixel on; of a stored direction in a turn. */
const SIZE_STEPS = 32;
const DIRECTIONS = 256;
const TURN = 2 * Math.PI;

export function encodeFeatures({
  width,
  height,
  count,
  positions,
  scales,
  angles,
  descriptors,
}: LocalFeatures): Uint8Array {
  const bytes = new Uint8Array(HEADER + count * POINT);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, FEATURES_VERSION);
  view.setUint16(6, count, true);
  view.setUint16(8, width, true);
  view.setUint16(10, height, true);
  positions.forEach((value, index) => {
    view.setUint16(HEADER + index * 2, Math.round(Math.min(1, Math.max(0, value)) * 0xffff), true);
  });
  scales.forEach((size, index) => {
    bytes[HEADER + count * 4 + index] = Math.min(255, Math.max(0, Math.round(Math.log2(size) * SIZE_STEPS)));
  });
  angles.forEach((angle, index) => {
    const turns = angle / TURN;
    bytes[HEADER + count * 5 + index] = Math.round((turns - Math.floor(turns)) * DIRECTIONS) % DIRECTIONS;
  });
  bytes.set(descriptors, HEADER + count * 6);
  return bytes;
}

/** Null where the bytes are of another version, cut short or no features at all: extract them again. */
export function decodeFeatures(bytes: Uint8Array): LocalFeatures | null {
  if (bytes.length < HEADER) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== FEATURES_VERSION) return null;
  const count = view.getUint16(6, true);
  if (bytes.length !== HEADER + count * POINT) return null;
  const positions = new Float32Array(count * 2);
  for (let i = 0; i < positions.length; i++) positions[i] = view.getUint16(HEADER + i * 2, true) / 0xffff;
  return {
    width: view.getUint16(8, true),
    height: view.getUint16(10, true),
    count,
    positions,
    scales: Float32Array.from(
      bytes.subarray(HEADER + count * 4, HEADER + count * 5),
      (step) => 2 ** (step / SIZE_STEPS),
    ),
    angles: Float32Array.from(
      bytes.subarray(HEADER + count * 5, HEADER + count * 6),
      (step) => (step / DIRECTIONS) * TURN,
    ),
    descriptors: bytes.slice(HEADER + count * 6),
  };
}
