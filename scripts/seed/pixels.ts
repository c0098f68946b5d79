import sharp, { type Sharp } from "sharp";

/** An RGBA picture, 8 bits a channel, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Reads a picture, upright, its longest side at most `side` pixels. */
export async function readPhoto(file: string, side: number): Promise<Pixels> {
  const { data, info } = await sharp(file)
    .autoOrient()
    .toColourspace("srgb")
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** A sharp pipeline over the picture, without its alpha. */
export function pipeline(pixels: Pixels): Sharp {
  const { width, height, data } = pixels;
  return sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
}

/** Runs a pipeline to its end. */
export async function finish(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Writes a JPEG (quality 1 to 100) without metadata. */
export async function writeJpeg(pixels: Pixels, file: string, quality: number): Promise<void> {
  await pipeline(pixels).jpeg({ quality, mozjpeg: true }).toFile(file);
}
