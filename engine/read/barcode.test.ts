import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { prepareZXingModule, type WriterOptions, writeBarcode } from "zxing-wasm/writer";
import { readBarcodes } from "./barcode.ts";

beforeAll(async () => {
  const wasm = await readFile(fileURLToPath(import.meta.resolve("zxing-wasm/writer/zxing_writer.wasm")));
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
});

/** A label with the code, photographed askew on a grey table. */
async function photo(text: string, format: NonNullable<WriterOptions["format"]>, angle = 0) {
  const { svg } = await writeBarcode(text, { format });
  const label = await sharp(Buffer.from(svg), { density: 300 })
    .resize({ width: 400, height: 300, fit: "contain", background: "white" })
    .flatten({ background: "white" })
    .extend({ top: 30, bottom: 30, left: 30, right: 30, background: "white" })
    .png()
    .toBuffer();
  // One pipeline would turn before it resizes.
  const turned = await sharp(label).rotate(angle, { background: "#888" }).png().toBuffer();
  const { data, info } = await sharp({ create: { width: 900, height: 700, channels: 3, background: "#888" } })
    .composite([{ input: turned, left: 150, top: 80 }])
    .blur(0.8)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: new Uint8Array(data), width: info.width, height: info.height };
}

test.each([
  ["4006381333931", "EAN13", "EAN-13", "4006381333931"],
  ["96385074", "EAN8", "EAN-8", "96385074"],
  ["036000291452", "UPCA", "EAN-13", "0036000291452"],
  ["04252614", "UPCE", "EAN-13", "0042100005264"],
  ["https://example.org/p/17", "QRCode", "QR", "https://example.org/p/17"],
  ["BOX-0017", "Code128", "Code128", "BOX-0017"],
] as const)("%s as %s, upright and turned", async (text, written, format, read) => {
  for (const angle of [0, 12, 90, 180]) {
    const [found, ...others] = await readBarcodes(await photo(text, written, angle));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ format, text: read });
    for (const [x, y] of found?.box ?? []) {
      expect(x).toBeGreaterThan(0.1);
      expect(x).toBeLessThan(0.9);
      expect(y).toBeGreaterThan(0.05);
      expect(y).toBeLessThan(0.95);
    }
  }
});

test("a plain picture, even of one pixel, has none", async () => {
  expect(await readBarcodes({ rgb: new Uint8Array(3), width: 1, height: 1 })).toEqual([]);
  expect(await readBarcodes({ rgb: new Uint8Array(300 * 200 * 3).fill(128), width: 300, height: 200 })).toEqual([]);
});
