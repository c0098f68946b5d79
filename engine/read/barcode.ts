import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Position, prepareZXingModule, readBarcodes as readWithZxing } from "zxing-wasm/reader";
import { barcodeKey } from "../catalog/barcode.ts";
import type { RgbPixels } from "../verify/features.ts";

export interface ReadBarcode {
  /** As ZXing names it: EAN13, EAN8, UPCA, UPCE, QRCode, Code128. */
  format: string;
  /** As the catalogue keys it: UPC-A as the EAN-13 that it is. */
  text: string;
  /** Corners clockwise from the code's own top left; x, y in 0..1 of the picture. */
  box: [number, number][];
}

const MOST = 8;

let ready: Promise<unknown> | null = null;

/** The package would fetch its WebAssembly from a CDN; it is given the file that it carries. */
function prepare(): Promise<unknown> {
  ready ??= readFile(createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm")).then((file) =>
    prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(file).buffer }, fireImmediately: true }),
  );
  return ready;
}

/** The four channels that ZXing takes; `colorSpace` only completes the type of a browser's ImageData. */
function imageData({ rgb, width, height }: RgbPixels) {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    data[to] = rgb[from] ?? 0;
    data[to + 1] = rgb[from + 1] ?? 0;
    data[to + 2] = rgb[from + 2] ?? 0;
  }
  return { data, width, height, colorSpace: "srgb" as const };
}

/** Barcodes of a picture, each text once. ZXing checks the check digits itself. */
export async function readBarcodes(picture: RgbPixels): Promise<ReadBarcode[]> {
  await prepare();
  const found = await readWithZxing(imageData(picture), {
    formats: ["EAN13", "EAN8", "UPCA", "UPCE", "QRCode", "Code128"],
    tryHarder: true,
    maxNumberOfSymbols: MOST,
  });
  const corner = ({ x, y }: Position["topLeft"]): [number, number] => [x / picture.width, y / picture.height];
  const codes = found
    .filter(({ isValid, text }) => isValid && text !== "")
    .map(({ format, text, position }) => ({
      format,
      text: barcodeKey(text),
      box: [position.topLeft, position.topRight, position.bottomRight, position.bottomLeft].map(corner),
    }));
  return codes.filter((code, index) => codes.findIndex(({ text }) => text === code.text) === index);
}
