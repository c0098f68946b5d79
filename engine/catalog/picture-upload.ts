import { WORKING_SIDE } from "../encode/views.ts";
import { type DecodedPicture, decodePicture, thumbnailOf } from "../picture/decode.ts";
import { MEDIA_TYPES } from "../picture/format.ts";
import type { NamedBytes } from "../services.ts";
import type { PictureUpload } from "./port.ts";

export interface PictureLimits {
  /**
   * Given every picture that was decoded, at the encoder's working size: what it makes of the pixels while they are at
   * hand, the indexer need not decode the file for. Its failure is the indexer's business, not the upload's.
   */
  prepare?: (picture: DecodedPicture) => Promise<unknown>;
  /** Largest picture file, in bytes. */
  pictureBytes: number;
  /** Largest picture, in pixels. */
  picturePixels: number;
}

/** Longest side of a thumbnail, in pixels. */
const THUMBNAIL_SIDE = 256;

/**
 * Decodes and checks a picture for the catalogue, which keeps its bytes as they are.
 *
 * @throws ShelfmatchError IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGE_UNSUPPORTED, naming the file
 */
export async function toPictureUpload({ name, bytes }: NamedBytes, limits: PictureLimits): Promise<PictureUpload> {
  const { pictureBytes, picturePixels, prepare } = limits;
  const decoded = await decodePicture(bytes, {
    name,
    maxBytes: pictureBytes,
    maxPixels: picturePixels,
    side: WORKING_SIDE,
  });
  const [thumbnail] = await Promise.all([
    thumbnailOf(decoded, THUMBNAIL_SIDE),
    prepare?.(decoded).catch(() => undefined),
  ]);
  return {
    bytes,
    mediaType: MEDIA_TYPES[decoded.format],
    hash: decoded.contentHash,
    width: decoded.originalWidth,
    height: decoded.originalHeight,
    thumbnail,
  };
}
