import { decodePicture, thumbnailOf } from "../picture/decode.ts";
import { MEDIA_TYPES } from "../picture/format.ts";
import type { NamedBytes } from "../services.ts";
import type { PictureUpload } from "./port.ts";

export interface PictureLimits {
  /** Largest picture file, in bytes. */
  pictureBytes: number;
  /** Largest picture, in pixels. */
  picturePixels: number;
}

/** Longest side of a thumbnail, in pixels. */
const THUMBNAIL_SIDE = 256;

/**
 * Decodes and checks a picture for the catalogue, which keeps its bytes as they are. It is decoded at the
 * thumbnail's size only: that reads the whole file all the same.
 *
 * @throws ShelfmatchError IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGE_UNSUPPORTED, naming the file
 */
export async function toPictureUpload({ name, bytes }: NamedBytes, limits: PictureLimits): Promise<PictureUpload> {
  const decoded = await decodePicture(bytes, {
    name,
    maxBytes: limits.pictureBytes,
    maxPixels: limits.picturePixels,
    side: THUMBNAIL_SIDE,
  });
  return {
    bytes,
    mediaType: MEDIA_TYPES[decoded.format],
    hash: decoded.contentHash,
    width: decoded.originalWidth,
    height: decoded.originalHeight,
    thumbnail: await thumbnailOf(decoded, THUMBNAIL_SIDE),
  };
}
