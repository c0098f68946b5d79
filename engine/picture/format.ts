/** What a file is, by its first bytes; its name says nothing. */

export type PictureFormat = "jpeg" | "png" | "webp" | "gif" | "tiff" | "avif" | "heic";

/** Kinds of file that people take for pictures and that are refused, by what they are called in a message. */
type Refused = "svg" | "pdf" | "video" | "bmp" | "psd" | "raw text";

export const MEDIA_TYPES: Record<PictureFormat, string> = {
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  tiff: "image/tiff",
  avif: "image/avif",
  heic: "image/heic",
};

const HEIC_BRANDS = new Set(["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"]);
const AVIF_BRANDS = new Set(["avif", "avis"]);

const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** Brands of an ISO base media file (ISO/IEC 14496-12, `ftyp`): the major one, then the compatible ones. */
function brandsOf(bytes: Uint8Array): string[] {
  if (ascii(bytes, 4, 8) !== "ftyp") return [];
  const size = Math.min(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0), 128, bytes.length);
  const brands = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= size; at += 4) brands.push(ascii(bytes, at, at + 4));
  return brands;
}

export function pictureFormatOf(bytes: Uint8Array): PictureFormat | null {
  if (bytes.length < 12) return null;
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "jpeg";
  if (ascii(bytes, 0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP") return "webp";
  if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return "gif";
  if (["II*\0", "MM\0*", "II+\0", "MM\0+"].includes(ascii(bytes, 0, 4))) return "tiff";
  const brands = brandsOf(bytes);
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return "avif";
  if (brands.some((brand) => HEIC_BRANDS.has(brand))) return "heic";
  return null;
}

/** What a refused file seems to be, in words for the user; null where there is nothing to say. */
export function refusedKindOf(bytes: Uint8Array): Refused | null {
  // Drawing programs write their licence and settings before the first tag.
  const head = ascii(bytes, 0, Math.min(bytes.length, 4096));
  if (/<svg[\s>]/i.test(head)) return "svg";
  if (head.startsWith("%PDF")) return "pdf";
  if (head.startsWith("BM") && bytes.length > 26) return "bmp";
  if (head.startsWith("8BPS")) return "psd";
  if (brandsOf(bytes).length > 0 || head.startsWith("\x1aE\xdf\xa3")) return "video";
  if (bytes.length > 0 && /^[\t\n\r\x20-\x7e]+$/.test(head)) return "raw text";
  return null;
}

/** @returns application/octet-stream where it is none of the known ones */
export function mediaTypeOf(bytes: Uint8Array): string {
  const format = pictureFormatOf(bytes);
  return format === null ? "application/octet-stream" : MEDIA_TYPES[format];
}
