import type { Region } from "../../shared/contract/domain.ts";
import { cropToRegion, type DecodedPicture, type DecodeOptions, decodePicture, shrinkTo } from "./decode.ts";
import { pictureFormatOf } from "./format.ts";

/**
 * The picture, or the part of it that is asked about, at about so many pixels on its longest side; never more than the
 * file has.
 */
export type Look = (side: number) => Promise<DecodedPicture>;

/** Longest side, in pixels, that a whole picture is decoded at for the sake of a small region. */
const LARGEST = 4096;
/** Longest side that a picture is decoded at where a smaller one would cost the same. */
const ONCE = 2560;

/**
 * A JPEG is decoded for each size that is asked for: at a quarter of its size that takes a quarter of the time. The other
 * formats have no such short cut, and HEIC takes most of a second: those are decoded once, and shrunk from there.
 * @throws (the look) ShelfmatchError IMAGE_*, as decodePicture does
 */
export function lookAt(bytes: Uint8Array, options: Omit<DecodeOptions, "side">, region?: Region): Look {
  const part = region === undefined ? 1 : Math.max(region.width, region.height);
  const wholeSide = (side: number) => Math.min(LARGEST, Math.ceil(side / part));
  const everySize = pictureFormatOf(bytes) === "jpeg";
  /** The largest so far. A look that comes while it is being decoded waits for it. */
  let largest: { side: number; picture: Promise<DecodedPicture> } | null = null;

  async function whole(side: number): Promise<DecodedPicture> {
    if (largest !== null) {
      const picture = await largest.picture;
      const complete = picture.width === picture.originalWidth;
      if (complete && side >= Math.max(picture.width, picture.height)) return picture;
      if (!everySize && (complete || largest.side >= side)) return shrinkTo(picture, side);
    }
    const wanted = everySize ? side : Math.max(side, ONCE);
    const picture = decodePicture(bytes, { ...options, side: wanted });
    if (largest === null || wanted > largest.side) largest = { side: wanted, picture };
    return everySize ? picture : shrinkTo(await picture, side);
  }

  const looks = new Map<number, Promise<DecodedPicture>>();
  return (side) => {
    const known = looks.get(side);
    if (known !== undefined) return known;
    const look = whole(wholeSide(side)).then((picture) =>
      region === undefined ? picture : cropToRegion(picture, region),
    );
    looks.set(side, look);
    return look;
  };
}
