import type { MatchedPoint } from "../match/evidence.ts";
import type { DecodedPicture } from "../picture/decode.ts";

/** What looks at pixels beyond the encoder; runs in worker threads. */
export interface Sight {
  barcodes(picture: DecodedPicture, signal?: AbortSignal): Promise<{ format: string; text: string }[]>;
  /** Lines read off the picture, in reading order. */
  text(picture: DecodedPicture, signal?: AbortSignal): Promise<string[]>;
  /** Compares the picture with catalogue pictures, by their hashes; null where one could not be compared. */
  compare(
    picture: DecodedPicture,
    hashes: readonly string[],
    signal?: AbortSignal,
  ): Promise<({ inliers: number; points: MatchedPoint[] } | null)[]>;
}
