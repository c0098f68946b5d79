import { DESCRIPTOR_BYTES } from "./descriptor.ts";
import type { LocalFeatures } from "./features.ts";

/** Indices of a query point and the catalogue point that looks most like it. */
export interface Pair {
  query: number;
  catalogue: number;
}

/** A pair counts where its distance is below this share of the second best's (Lowe, IJCV 2004, section 7.1). */
const RATIO = 0.85;
/** Neighbours by signature whose true distance is looked at. */
const SHORTLIST = 16;
/** uint32 words of a signature: one bit a value of the descriptor. */
const WORDS = DESCRIPTOR_BYTES / 32;
/** Between the few large values and the many small ones of a descriptor; chosen by measuring. */
const MIDDLE = 28;

/** uint32 [count, 4]: which values of each descriptor are large. */
function signaturesOf({ count, descriptors }: LocalFeatures): Uint32Array {
  const signatures = new Uint32Array(count * WORDS);
  for (let i = 0; i < descriptors.length; i++) {
    if ((descriptors[i] as number) > MIDDLE) signatures[i >> 5] = (signatures[i >> 5] as number) | (1 << (i & 31));
  }
  return signatures;
}

function bitsOf(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The catalogue points whose signatures are nearest: far cheaper than comparing every descriptor. */
function shortlist(of: Uint32Array, at: number, among: Uint32Array): number[] {
  const indices: number[] = [];
  const distances: number[] = [];
  let worst = DESCRIPTOR_BYTES + 1;
  for (let base = 0; base < among.length; base += WORDS) {
    let bits = 0;
    for (let word = 0; word < WORDS; word++) {
      bits += bitsOf((of[at + word] as number) ^ (among[base + word] as number));
    }
    if (bits >= worst) continue;
    let place = distances.length;
    while (place > 0 && (distances[place - 1] as number) > bits) place--;
    distances.splice(place, 0, bits);
    indices.splice(place, 0, base / WORDS);
    if (distances.length > SHORTLIST) {
      distances.pop();
      indices.pop();
    }
    if (distances.length === SHORTLIST) worst = distances[SHORTLIST - 1] as number;
  }
  return indices;
}

function squaredDistance(a: Uint8Array, from: number, b: Uint8Array, to: number): number {
  let sum = 0;
  for (let i = 0; i < DESCRIPTOR_BYTES; i++) {
    const difference = (a[from + i] as number) - (b[to + i] as number);
    sum += difference * difference;
  }
  return sum;
}

/** Pairs of like points, each catalogue point at most once: many-to-one pairs agree on degenerate geometry. */
export function pairFeatures(query: LocalFeatures, catalogue: LocalFeatures): Pair[] {
  if (catalogue.count < 2) return [];
  const querySignatures = signaturesOf(query);
  const catalogueSignatures = signaturesOf(catalogue);
  const best = new Map<number, { query: number; distance: number }>();
  for (let q = 0; q < query.count; q++) {
    let nearest = -1;
    let first = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (const c of shortlist(querySignatures, q * WORDS, catalogueSignatures)) {
      const found = squaredDistance(
        query.descriptors,
        q * DESCRIPTOR_BYTES,
        catalogue.descriptors,
        c * DESCRIPTOR_BYTES,
      );
      if (found < first) {
        second = first;
        first = found;
        nearest = c;
      } else if (found < second) second = found;
    }
    if (first >= RATIO * RATIO * second) continue;
    const rival = best.get(nearest);
    if (rival === undefined || first < rival.distance) best.set(nearest, { query: q, distance: first });
  }
  return [...best].map(([catalogue, { query }]) => ({ query, catalogue }));
}
