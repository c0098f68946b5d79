import { createHash } from "node:crypto";
import sharp, { type Sharp } from "sharp";
import type { Region } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { type PictureFormat, pictureFormatOf, refusedKindOf } from "./format.ts";
import { decodeHeic } from "./heic.ts";

/** A picture ready to be looked at: upright, sRGB, opaque, at working size. */
export interface DecodedPicture {
  /** uint8 RGB, [height, width, 3]. */
  rgb: Uint8Array;
  width: number;
  height: number;
  /** Pixels of the file, after EXIF orientation. */
  originalWidth: number;
  originalHeight: number;
  /** SHA-256 of the file's bytes, hex; of a region, that and the box. */
  contentHash: string;
  format: PictureFormat;
}

export interface DecodeOptions {
  /** File name, for messages. */
  name: string;
  maxBytes?: number;
  maxPixels?: number;
  /** Longest side of the working size, in pixels. */
  side?: number;
}

const DEFAULTS = { maxBytes: 64 * 1024 * 1024, maxPixels: 100_000_000, side: 1280 };

export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const mega = (value: number) => `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)}`;

function tooManyPixels(name: string, width: number, height: number, maxPixels: number): ShelfmatchError {
  return new ShelfmatchError(
    "IMAGE_TOO_LARGE",
    `${name} has ${width} x ${height} pixels (${mega(width * height)} megapixels); the limit is ${mega(maxPixels)}. Make it smaller and try again.`,
    { details: { width, height, maxPixels } },
  );
}

/** Refuses by size and kind before anything is decoded. */
function check(bytes: Uint8Array, name: string, maxBytes: number): PictureFormat {
  if (bytes.length === 0) throw new ShelfmatchError("IMAGE_UNREADABLE", `${name} is empty. Choose another file.`);
  if (bytes.length > maxBytes) {
    throw new ShelfmatchError(
      "IMAGE_TOO_LARGE",
      `${name} has ${mega(bytes.length)} MB; the limit is ${mega(maxBytes)} MB. Make it smaller and try again.`,
      { details: { bytes: bytes.length, maxBytes } },
    );
  }
  const format = pictureFormatOf(bytes);
  if (format !== null) return format;
  const kind = refusedKindOf(bytes);
  const known = "Give a JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC picture.";
  if (kind === null || kind === "raw text") {
    throw new ShelfmatchError("IMAGE_UNREADABLE", `${name} is not a picture, whatever its name says. ${known}`);
  }
  throw new ShelfmatchError(
    "IMAGE_UNSUPPORTED",
    `${name} is ${kind === "svg" ? "an" : "a"} ${kind.toUpperCase()} file, which is not read. ${known}`,
  );
}

/**
 * Reads a picture file, by its content. Animated files give their first frame; alpha is laid on white; CMYK, 16-bit and
 * greyscale become 8-bit sRGB.
 * @throws ShelfmatchError IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGE_UNSUPPORTED, naming the file
 */
export async function decodePicture(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedPicture> {
  const { name, maxBytes, maxPixels, side } = { ...DEFAULTS, ...options };
  const format = check(bytes, name, maxBytes);
  try {
    const input =
      format === "heic"
        ? await openHeic(bytes, name, maxPixels)
        : sharp(bytes, { limitInputPixels: false, autoOrient: true });
    const {
      autoOrient: { width, height },
    } = await input.metadata();
    if (width * height > maxPixels) throw tooManyPixels(name, width, height, maxPixels);
    const { data, info } = await input
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const rgb = info.channels === 3 ? data : spread(data, info.channels);
    return {
      rgb,
      width: info.width,
      height: info.height,
      originalWidth: width,
      originalHeight: height,
      contentHash: hashOf(bytes),
      format,
    };
  } catch (error) {
    if (error instanceof ShelfmatchError) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new ShelfmatchError(
      "IMAGE_UNREADABLE",
      `${name} is damaged or cut short (${reason}). Send or save it again.`,
      { cause: error },
    );
  }
}

async function openHeic(bytes: Uint8Array, name: string, maxPixels: number): Promise<Sharp> {
  const result = await decodeHeic(bytes, maxPixels);
  if (result.kind === "too-large") throw tooManyPixels(name, result.width, result.height, maxPixels);
  return sharp(result.rgba, { raw: { width: result.width, height: result.height, channels: 4 } });
}

/** One or two channels (grey, grey and alpha) as three. */
function spread(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) rgb.fill(data[i * channels] ?? 0, i * 3, i * 3 + 3);
  return rgb;
}

/** The picture with `side` pixels on its longest side, or as it is where it has no more. */
export async function shrinkTo(picture: DecodedPicture, side: number): Promise<DecodedPicture> {
  if (Math.max(picture.width, picture.height) <= side) return picture;
  const { data, info } = await sharp(picture.rgb, {
    raw: { width: picture.width, height: picture.height, channels: 3 },
  })
    .resize({ width: side, height: side, fit: "inside" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { ...picture, rgb: data, width: info.width, height: info.height };
}

/** The part of the picture inside the box, at least one pixel. */
export function cropToRegion(picture: DecodedPicture, region: Region): DecodedPicture {
  const left = Math.min(picture.width - 1, Math.floor(region.x * picture.width));
  const top = Math.min(picture.height - 1, Math.floor(region.y * picture.height));
  const width = Math.max(1, Math.min(picture.width - left, Math.round(region.width * picture.width)));
  const height = Math.max(1, Math.min(picture.height - top, Math.round(region.height * picture.height)));
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * picture.width + left) * 3;
    rgb.set(picture.rgb.subarray(from, from + width * 3), row * width * 3);
  }
  const contentHash = hashOf(Buffer.from(`${picture.contentHash}/${left},${top},${width},${height}`));
  return { ...picture, rgb, width, height, contentHash };
}

/** A small JPEG of the picture, longest side at most `side` pixels: made in a third of a WebP's time, for 3 KB more. */
export function thumbnailOf(picture: DecodedPicture, side = 256): Promise<Uint8Array> {
  return sharp(picture.rgb, { raw: { width: picture.width, height: picture.height, channels: 3 } })
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true, kernel: "linear" })
    .jpeg({ quality: 80 })
    .toBuffer();
}
