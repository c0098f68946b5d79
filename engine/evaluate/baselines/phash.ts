import type { Sharp } from "sharp";

/**
 * The perceptual hash that image search is often begun with (pHash; Zauner 2010, as the Python library imagehash has it):
 * the signs of the lowest 8 x 8 frequencies of the picture at 32 x 32 grey pixels, against their median.
 */

const SIDE = 32;
const KEPT = 8;

/** DCT-II of the lowest frequencies, unnormalised: the median takes no notice of a common factor. float64 [8, 32]. */
const COSINES = Array.from({ length: KEPT }, (_, k) =>
  Float64Array.from({ length: SIDE }, (_, x) => Math.cos((Math.PI * k * (2 * x + 1)) / (2 * SIDE))),
);

/** @param grey uint8 [32, 32] @returns 64 bits as two numbers, row by row from the lowest frequency, the first bit highest */
export function hashOfGrey(grey: Uint8Array): [number, number] {
  const rows = COSINES.map((cosines) =>
    Float64Array.from({ length: SIDE }, (_, x) => {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += (grey[y * SIDE + x] as number) * (cosines[y] as number);
      return sum;
    }),
  );
  const low = rows.flatMap((row) =>
    COSINES.map((cosines) => row.reduce((sum, value, x) => sum + value * (cosines[x] as number), 0)),
  );
  const sorted = low.toSorted((a, b) => a - b);
  const median = ((sorted[31] as number) + (sorted[32] as number)) / 2;
  const bits = (from: number) => {
    let value = 0;
    for (let i = from; i < from + 32; i++) value = (value * 2 + ((low[i] as number) > median ? 1 : 0)) >>> 0;
    return value;
  };
  return [bits(0), bits(32)];
}

/** @param picture as sharp opens it @returns as `hashOfGrey` */
export async function pHash(picture: Sharp): Promise<[number, number]> {
  const upright = picture.autoOrient().flatten({ background: "white" }).greyscale();
  return hashOfGrey(await upright.resize(SIDE, SIDE, { fit: "fill", kernel: "lanczos3" }).raw().toBuffer());
}

function ones(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Share of equal bits, 0..1. */
export function hashSimilarity(a: readonly [number, number], b: readonly [number, number]): number {
  return 1 - (ones((a[0] ^ b[0]) >>> 0) + ones((a[1] ^ b[1]) >>> 0)) / 64;
}
