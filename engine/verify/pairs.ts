import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { DESCRIPTOR_BYTES } from "./descriptor.ts";
import type { LocalFeatures } from "./features.ts";

/** Indices of a query point and the catalogue point that looks most like it. */
export interface Pair {
  query: number;
  catalogue: number;
}

/** A pair counts where its distance is below this share of the second best's (Lowe, IJCV 2004, section 7.1). */
const RATIO = 0.85;
/** Written by triton/scripts/write_nearest_two.py. */
const GRAPH = join(import.meta.dirname, "../../triton/weights/nearest-two.onnx");

let session: Promise<InferenceSession> | null = null;

/** This thread's; it shares the machine with other threads that compare. */
function comparer(): Promise<InferenceSession> {
  session ??= InferenceSession.create(GRAPH, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return session;
}

const tensorOf = ({ descriptors, count }: LocalFeatures) => new Tensor("uint8", descriptors, [count, DESCRIPTOR_BYTES]);

/** Pairs of like points, each catalogue point at most once: many-to-one pairs agree on degenerate geometry. */
export async function pairFeatures(query: LocalFeatures, catalogue: LocalFeatures): Promise<Pair[]> {
  if (query.count === 0 || catalogue.count < 2) return [];
  const graph = await comparer();
  const { distances, nearest } = await graph.run({ query: tensorOf(query), catalogue: tensorOf(catalogue) });
  const squared = distances?.data as Float32Array;
  const indices = nearest?.data as BigInt64Array;
  const best = new Map<number, { query: number; distance: number }>();
  for (let q = 0; q < query.count; q++) {
    const first = squared[2 * q] as number;
    if (first >= RATIO * RATIO * (squared[2 * q + 1] as number)) continue;
    const at = Number(indices[2 * q]);
    const rival = best.get(at);
    if (rival === undefined || first < rival.distance) best.set(at, { query: q, distance: first });
  }
  return [...best].map(([catalogue, { query }]) => ({ query, catalogue }));
}
