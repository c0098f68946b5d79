import type { DecodedPicture } from "../picture/decode.ts";
import type { Verification } from "../verify/compare.ts";

/** What looks at pixels beyond the encoder; runs in worker threads. */
export interface Sight {
  barcodes(picture: DecodedPicture, signal?: AbortSignal): Promise<{ format: string; text: string }[]>;
  /** Lines read off the picture, in reading order. */
  text(picture: DecodedPicture, signal?: AbortSignal): Promise<string[]>;
  /**
   * Finds what comparing needs of a catalogue picture, unless it is kept already.
   * @returns whether there was anything to do
   */
  prepare(hash: string): Promise<boolean>;
  /** Compares the picture with catalogue pictures, each of a product; null where one could not be compared. */
  compare(
    picture: DecodedPicture,
    pictures: readonly { sku: string; hash: string }[],
    signal?: AbortSignal,
  ): Promise<(Pick<Verification, "inliers" | "points" | "agreement" | "same" | "differences" | "surrounded"> | null)[]>;
}
