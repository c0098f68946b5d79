import sharp from "sharp";
import type { Config } from "../../shared/config.ts";
import type { QueryPhoto } from "./port.ts";

const THUMBNAIL_SIDE = 256;

/**
 * The photo as the settings let it be kept; null where they say off, or where no thumbnail could be made of it (such a
 * photo is never kept whole instead: the setting promised that it would not be).
 */
export async function keptForm(photo: QueryPhoto, keep: Config["journal"]["queryPhotos"]): Promise<QueryPhoto | null> {
  if (keep === "off") return null;
  if (keep === "full") return photo;
  const bytes = await thumbnail(photo.bytes);
  return bytes === null ? null : { hash: photo.hash, bytes, mediaType: "image/webp" };
}

/** WebP, longest side at most 256 pixels, upright; null where sharp can't read the picture (HEIC). */
async function thumbnail(bytes: Uint8Array): Promise<Uint8Array | null> {
  try {
    return await sharp(bytes, { limitInputPixels: 200_000_000 })
      .autoOrient()
      .resize({ width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, fit: "inside", withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer();
  } catch {
    return null;
  }
}
