import { DESCRIPTOR_BYTES } from "./descriptor.ts";
import type { LocalFeatures } from "./features.ts";
import { coarse, type Sketch } from "./sketch.ts";

/** What is kept of a catalogue picture. */
export interface StoredPicture {
  features: LocalFeatures;
  sketch: Sketch;
}

/**
 * Layout, little-endian: "SMLF", version u8, 0 u8, count u16, width u16, height u16; width and height of the sketch u16; x
 * and y of every point as u16 fractions; sizes and directions as u8; descriptors; the sketch's grey, its colour. 134 bytes a
 * point and 30 kB at most for the sketch: 84 kB for a catalogue picture.
 */
const MAGIC = 0x464c4d53;
const HEADER = 16;

/** Raise it with any change of detector, descriptor or layout: stored features of another version are made anew. */
export const FEATURES_VERSION = 5;

const POINT = 4 + 2 + DESCRIPTOR_BYTES;
/** Steps of a stored size in an octave, from one pixel on; of a stored direction in a turn. */
const SIZE_STEPS = 32;
const DIRECTIONS = 256;
const TURN = 2 * Math.PI;

/** Bytes before the sketch, and of its two parts. */
function partsOf(count: number, sketch: Pick<Sketch, "width" | "height">) {
  const points = HEADER + count * POINT;
  const grey = points + sketch.width * sketch.height;
  return { points, grey, colour: grey + 3 * coarse(sketch.width) * coarse(sketch.height) };
}

export function encodeFeatures({ features, sketch }: StoredPicture): Uint8Array {
  const { width, height, count, positions, scales, angles, descriptors } = features;
  const parts = partsOf(count, sketch);
  const bytes = new Uint8Array(parts.colour);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, FEATURES_VERSION);
  for (const [index, value] of [count, width, height, sketch.width, sketch.height].entries())
    view.setUint16(6 + 2 * index, value, true);
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
  bytes.set(sketch.grey, parts.points);
  bytes.set(sketch.colour, parts.grey);
  return bytes;
}

/** Null where the bytes are of another version, cut short or no features at all: extract them again. */
export function decodeFeatures(bytes: Uint8Array): StoredPicture | null {
  if (bytes.length < HEADER) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== FEATURES_VERSION) return null;
  const [count, width, height, sketchWidth, sketchHeight] = [6, 8, 10, 12, 14].map((at) =>
    view.getUint16(at, true),
  ) as [number, number, number, number, number];
  const parts = partsOf(count, { width: sketchWidth, height: sketchHeight });
  if (bytes.length !== parts.colour) return null;
  const positions = new Float32Array(count * 2);
  for (let i = 0; i < positions.length; i++) positions[i] = view.getUint16(HEADER + i * 2, true) / 0xffff;
  const sizes = bytes.subarray(HEADER + count * 4, HEADER + count * 5);
  const directions = bytes.subarray(HEADER + count * 5, HEADER + count * 6);
  return {
    features: {
      width,
      height,
      count,
      positions,
      scales: Float32Array.from(sizes, (step) => 2 ** (step / SIZE_STEPS)),
      angles: Float32Array.from(directions, (step) => (step / DIRECTIONS) * TURN),
      descriptors: bytes.slice(HEADER + count * 6, parts.points),
    },
    sketch: {
      width: sketchWidth,
      height: sketchHeight,
      grey: bytes.slice(parts.points, parts.grey),
      colour: bytes.slice(parts.grey),
    },
  };
}
