const starts =
  (...bytes: number[]) =>
  (head: Uint8Array) =>
    bytes.every((byte, at) => head[at] === byte);
const says =
  (at: number, ...words: string[]) =>
  (head: Uint8Array) =>
    words.includes(String.fromCharCode(...head.subarray(at, at + 4)));

/** The kinds that the app reads, by their first bytes (each format's specification). */
const KINDS: readonly ((head: Uint8Array) => boolean)[] = [
  starts(0xff, 0xd8, 0xff),
  starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  says(0, "GIF8"),
  (head) => says(0, "RIFF")(head) && says(8, "WEBP")(head),
  starts(0x49, 0x49, 0x2a, 0x00),
  starts(0x4d, 0x4d, 0x00, 0x2a),
  (head) => says(4, "ftyp")(head) && says(8, "avif", "avis", "heic", "heix", "mif1", "msf1", "hevc")(head),
];

/** Whether the bytes begin as a picture that the app reads: JPEG, PNG, GIF, WebP, TIFF, AVIF, HEIC. */
export function sniffPicture(head: Uint8Array): boolean {
  return KINDS.some((fits) => fits(head));
}
