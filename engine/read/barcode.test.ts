import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { readBarcodes } from "./barcode.ts";

beforeAll(async () => {
  const file = await readFile(createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm"));
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(file).buffer }, fireImmediately: true });
});

/** A photograph-like picture with the code on it: turned, on a grey ground, a little soft. */
async function photo(format: "EAN13" | "EAN8" | "UPCA" | "QRCode" | "Code128", text: string, angle: number) {
  const { image } = await writeBarcode(text, { format, scale: 3, addQuietZones: true });
  if (image === null) throw new Error("no barcode was drawn");
  const code = await sharp(await image.arrayBuffer())
    .flatten({ background: "white" })
    .extend({ top: 20, bottom: 20, left: 20, right: 20, background: "white" })
    .rotate(angle, { background: "#888" })
    .png()
    .toBuffer();
  const { data, info } = await sharp({ create: { width: 900, height: 700, channels: 3, background: "#888" } })
    .composite([{ input: code, gravity: "centre" }])
    .blur(0.6)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

test.each([
  ["EAN13", "4006381333931", "4006381333931", 0],
  ["EAN13", "4006381333931", "4006381333931", 12],
  ["EAN8", "96385074", "96385074", 0],
  ["UPCA", "036000291452", "0036000291452", 0],
  ["QRCode", "https://example.org/p/42", "https://example.org/p/42", 30],
  ["Code128", "SKU-42-RED", "SKU-42-RED", 0],
] as const)("%s %s is read as %s, turned by %i degrees", async (format, text, wanted, angle) => {
  const codes = await readBarcodes(await photo(format, text, angle));
  expect(codes.map((code) => code.text)).toEqual([wanted]);
  for (const [x, y] of codes[0]?.box ?? []) {
    expect(x).toBeGreaterThan(0.05);
    expect(x).toBeLessThan(0.95);
    expect(y).toBeGreaterThan(0.05);
    expect(y).toBeLessThan(0.95);
  }
});

test("a picture without a code has none", async () => {
  const { data, info } = await sharp("seed/images/bonsai-tree.jpg")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(await readBarcodes({ rgb: data, width: info.width, height: info.height })).toEqual([]);
});
