import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { prepareZXingModule, type ReadResult, readBarcodes as scan } from "zxing-wasm/reader";
import { hasValidCheckDigit, normaliseGtin } from "../lib/gtin.ts";

/** Corners of the code, clockwise from its own top left, x and y as 0..1 of the picture. */
export type Quad = readonly (readonly [number, number])[];

export interface ReadBarcode {
  /** "EAN-13" (UPC-A and UPC-E come as the EAN-13 that they stand for), "EAN-8", "QR", "Code128". */
  format: string;
  text: string;
  box: Quad;
}

const FORMATS = ["EAN13", "EAN8", "UPCA", "UPCE", "QRCode", "Code128"] as const;
const MOST = 8;
const RETAIL = new Map([
  ["EAN13", "EAN-13"],
  ["EAN8", "EAN-8"],
  ["UPCA", "EAN-13"],
  ["UPCE", "EAN-13"],
]);

let loading: Promise<unknown> | null = null;

/** The reader's WebAssembly comes from the installed package: its default is a CDN. */
async function load(): Promise<void> {
  const file = fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
  const bytes = await readFile(file);
  const wasmBinary = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

function toBarcode(result: ReadResult, width: number, height: number): ReadBarcode[] {
  const kind = result.format.replaceAll("-", "");
  const { topLeft, topRight, bottomRight, bottomLeft } = result.position;
  const box = [topLeft, topRight, bottomRight, bottomLeft].map(({ x, y }) => [x / width, y / height] as const);
  const retail = RETAIL.get(kind);
  if (retail === undefined) return [{ format: kind === "QRCode" ? "QR" : kind, text: result.text, box }];
  const text = normaliseGtin(result.text);
  return hasValidCheckDigit(text) ? [{ format: retail, text, box }] : [];
}

/**
 * Reads EAN-13, EAN-8, UPC-A, UPC-E, QR and Code 128 off a picture (uint8 RGB [height, width, 3]), turned or inverted
 * too. Retail codes with a wrong check digit are dropped.
 */
export async function readBarcodes(picture: {
  rgb: Uint8Array;
  width: number;
  height: number;
}): Promise<ReadBarcode[]> {
  loading ??= load();
  await loading;
  const { rgb, width, height } = picture;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    data[to] = rgb[from] as number;
    data[to + 1] = rgb[from + 1] as number;
    data[to + 2] = rgb[from + 2] as number;
    data[to + 3] = 255;
  }
  const image = { data, width, height, colorSpace: "srgb" } as unknown as Parameters<typeof scan>[0];
  const found = await scan(image, { formats: [...FORMATS], maxNumberOfSymbols: MOST, tryHarder: true });
  const codes = found.filter((one) => one.isValid).flatMap((one) => toBarcode(one, width, height));
  const seen = new Set<string>();
  return codes.filter(({ format, text }) => {
    const key = `${format} ${text}`;
    return !seen.has(key) && seen.add(key);
  });
}
