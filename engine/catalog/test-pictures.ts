import { createHash } from "node:crypto";
import sharp from "sharp";
import type { PictureUpload } from "./port.ts";

/** A real JPEG whose content follows from the number, for tests: the same number is the same picture. */
export async function testJpeg(number: number, side = 64): Promise<Uint8Array> {
  const pixels = Buffer.alloc(side * side * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * (number + 3) + ((at >> 7) ^ (number * 37))) & 0xff;
  return new Uint8Array(
    await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
      .jpeg()
      .toBuffer(),
  );
}

export async function testPicture(number: number): Promise<PictureUpload> {
  const bytes = await testJpeg(number);
  return {
    bytes,
    mediaType: "image/jpeg",
    hash: createHash("sha256").update(bytes).digest("hex"),
    width: 64,
    height: 64,
    thumbnail: new Uint8Array(await sharp(bytes).resize(32).jpeg().toBuffer()),
  };
}
