import sharp from "sharp";
import type { Region } from "../../shared/contract/domain.ts";
import { lookAt } from "../picture/look.ts";
import type { NamedBytes } from "../services.ts";
import type { PictureLimits } from "./picture-upload.ts";

/** Longest side, in pixels, of what is cut out: what a whole picture is decoded at, at most. */
const SIDE = 4096;
const QUALITY = 94;

/**
 * The part of a picture inside the box, which is given as the picture is seen: upright, whatever its EXIF orientation.
 * @returns a JPEG that needs no orientation
 * @throws ShelfmatchError IMAGE_*
 */
export async function cropOf(picture: NamedBytes, region: Region, limits: PictureLimits): Promise<NamedBytes> {
  const { name, bytes } = picture;
  const { pictureBytes: maxBytes, picturePixels: maxPixels } = limits;
  const { rgb, width, height } = await lookAt(bytes, { name, maxBytes, maxPixels }, region)(SIDE);
  const part = sharp(rgb, { raw: { width, height, channels: 3 } }).jpeg({ quality: QUALITY });
  return { name: `${name} (part)`, bytes: new Uint8Array(await part.toBuffer()) };
}
