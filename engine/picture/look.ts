import type { Region } from "../../shared/contract/domain.ts";
import { cropToRegion, type DecodedPicture, type DecodeOptions, decodePicture } from "./decode.ts";

/**
 * The picture, or the part of it that is asked about, at about so many pixels on its longest side; never more than the
 * file has. Each size is decoded when it is first asked for: a JPEG at a quarter of its size costs a quarter of the time.
 */
export type Look = (side: number) => Promise<DecodedPicture>;

/** Longest side, in pixels, that a whole picture is decoded at for the sake of a small region. */
const LARGEST = 4096;

/** @throws (the look) ShelfmatchError IMAGE_*, as decodePicture does */
export function lookAt(bytes: Uint8Array, options: Omit<DecodeOptions, "side">, region?: Region): Look {
  const looks = new Map<number, Promise<DecodedPicture>>();
  /** Decoded without a loss of pixels: there is nothing larger to see. */
  let all: DecodedPicture | null = null;

  async function decode(side: number): Promise<DecodedPicture> {
    const part = region === undefined ? 1 : Math.max(region.width, region.height);
    const whole = all ?? (await decodePicture(bytes, { ...options, side: Math.min(LARGEST, Math.ceil(side / part)) }));
    if (whole.width === whole.originalWidth) all = whole;
    return region === undefined ? whole : cropToRegion(whole, region);
  }

  return (side) => {
    const known = looks.get(side);
    if (known !== undefined) return known;
    const look = decode(side);
    looks.set(side, look);
    return look;
  };
}
