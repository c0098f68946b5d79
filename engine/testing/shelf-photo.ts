import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import sharp from "sharp";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";

const IMAGES = join(import.meta.dirname, "..", "..", "seed", "images");

/** A large photograph of something else on which a barcode (EAN-13) is to be seen. */
export async function shelfPhoto(barcode: string): Promise<{ name: string; bytes: Uint8Array }> {
  const file = await readFile(createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm"));
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(file).buffer }, fireImmediately: true });
  const { image } = await writeBarcode(barcode, { format: "EAN13", scale: 3 });
  const code = await sharp(await image?.arrayBuffer())
    .flatten({ background: "white" })
    .extend({ top: 30, bottom: 30, left: 40, right: 40, background: "white" })
    .toBuffer();
  const bytes = await sharp(join(IMAGES, "orchid.jpg"))
    .resize(3600, 2700, { fit: "cover" })
    .composite([{ input: code, left: 2200, top: 1800 }])
    .jpeg()
    .toBuffer();
  return { name: "shelf.jpg", bytes };
}
