import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { ALIGNED_SIDE, type AlignedPair } from "./aligned.ts";

/** Trained by triton/shelfmatch_triton/comparer. */
const GRAPH = join(import.meta.dirname, "../../triton/weights/comparer.onnx");

let session: Promise<InferenceSession> | null = null;

/** This thread's; it shares the machine with other threads that compare. */
function comparer(): Promise<InferenceSession> {
  session ??= InferenceSession.create(GRAPH, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return session;
}

/**
 * Whether the photo shows the very print of the catalogue picture that it is laid on, or a sister's: log-odds as trained on
 * made pairs, half of each, so no probability of any catalogue's (the calibration makes one).
 */
export async function samenessOf({ catalogue, photo, mask }: AlignedPair): Promise<number> {
  const graph = await comparer();
  const picture = (data: Uint8Array) => new Tensor("uint8", data, [1, 3, ALIGNED_SIDE, ALIGNED_SIDE]);
  const { same } = await graph.run({
    catalogue: picture(catalogue),
    photo: picture(photo),
    mask: new Tensor("uint8", mask, [1, 1, ALIGNED_SIDE, ALIGNED_SIDE]),
  });
  const [odds] = (same as Tensor).data as Float32Array;
  return odds as number;
}
