import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Region } from "../../shared/contract/domain.ts";
import { ALIGNED_SIDE, type AlignedPair } from "./aligned.ts";
import type { Homography } from "./homography.ts";

/** Trained by triton/shelfmatch_triton/comparer. */
const GRAPH = join(import.meta.dirname, "../../triton/weights/comparer.onnx");

/** Places along a side of the map of differences, as the network was trained. */
const PLACES = 18;
/** Share of a place that has to be seen: what the network itself takes for seen. */
const LEAST_SHOWN = 0.25;

/** Where two prints differ: a grid over the part of the catalogue picture that was laid over the photo. */
export interface Differences {
  /** Places along a side. */
  side: number;
  /** Row by row: how likely each differs, percent; -1 where the photo does not show it. */
  values: number[];
  /** That part, as shares of the catalogue picture. */
  catalogue: Region;
  /** Homography, row by row, that carries shares of that part to shares of the photo. */
  photo: Homography;
}

let session: Promise<InferenceSession> | null = null;

/** This thread's; it shares the machine with other threads that compare. */
function comparer(): Promise<InferenceSession> {
  session ??= InferenceSession.create(GRAPH, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return session;
}

export interface Judged {
  same: number;
  /** Where the print differs, place by place. */
  differences: Differences;
}

/** Places along a side of the square, each with the mean of its part of the mask. */
function shownOf(mask: Uint8Array): Float32Array {
  const size = ALIGNED_SIDE / PLACES;
  const shown = new Float32Array(PLACES * PLACES);
  for (let i = 0; i < mask.length; i++) {
    const place = Math.floor(Math.floor(i / ALIGNED_SIDE) / size) * PLACES + Math.floor((i % ALIGNED_SIDE) / size);
    shown[place] = (shown[place] as number) + (mask[i] as number) / size ** 2;
  }
  return shown;
}

/**
 * Whether the photo shows the very print of the catalogue picture that it is laid on, or a sister's: log-odds as trained on
 * made pairs, half of each, so no probability of any catalogue's (the calibration makes one); and where it differs.
 */
export async function samenessOf({ catalogue, photo, mask, box, inPhoto }: AlignedPair): Promise<Judged> {
  const graph = await comparer();
  const picture = (data: Uint8Array) => new Tensor("uint8", data, [1, 3, ALIGNED_SIDE, ALIGNED_SIDE]);
  const { same, differs } = await graph.run({
    catalogue: picture(catalogue),
    photo: picture(photo),
    mask: new Tensor("uint8", mask, [1, 1, ALIGNED_SIDE, ALIGNED_SIDE]),
  });
  const [odds] = (same as Tensor).data as Float32Array;
  const values = (differs as Tensor).data as Float32Array;
  const shown = shownOf(mask);
  const percent = (value: number) => Math.round(100 / (1 + Math.exp(-value)));
  return {
    same: odds as number,
    differences: {
      side: PLACES,
      values: Array.from(values, (value, at) => ((shown[at] as number) > LEAST_SHOWN ? percent(value) : -1)),
      catalogue: box,
      photo: inPhoto,
    },
  };
}
