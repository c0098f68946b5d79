import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { DESCRIPTOR_BYTES } from "./descriptor.ts";
import type { LocalFeatures } from "./features.ts";

/** Indices of a query point and the catalogue point that looks most like it. */
export interface Pair {
  query: number;
  catalogue: number;
}

/**
 * A pair counts where its distance is below this share of the second best's (Lowe, IJCV 2004, section 7.1, who takes 0.8
 * for samples to be drawn from; all pairs are tried here, and more of them may be wrong).
 */
const RATIO = 0.92;
/** Written by triton/scripts/write_nearest_two.py. */
const GRAPH = join(import.meta.dirname, "../../triton/weights/nearest-two.onnx");

let session: Promise<InferenceSession> | null = null;

/** This thread's; it shares the machine with other threads that compare. */
function comparer(): Promise<InferenceSession> {
  session ??= InferenceSession.create(GRAPH, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return session;
}

const tensorOf = ({ descriptors, count }: LocalFeatures) => new Tensor("uint8", descriptors, [count, DESCRIPTOR_BYTES]);

/**
 * Pairs of like points; one of the catalogue may be in several, where a shelf shows the product several times: geometry
 * tells them apart.
 */
export async function pairFeatures(query: LocalFeatures, catalogue: LocalFeatures): Promise<Pair[]> {
  if (query.count === 0 || catalogue.count < 2) return [];
  const graph = await comparer();
  const { distances, nearest } = await graph.run({ query: tensorOf(query), catalogue: tensorOf(catalogue) });
  const squared = distances?.data as Float32Array;
  const indices = nearest?.data as BigInt64Array;
  const pairs: Pair[] = [];
  for (let q = 0; q < query.count; q++) {
    if ((squared[2 * q] as number) < RATIO * RATIO * (squared[2 * q + 1] as number))
      pairs.push({ query: q, catalogue: Number(indices[2 * q]) });
  }
  return pairs;
}
