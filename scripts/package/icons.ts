import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

/**
 * The app's mark in the forms that systems want. Written here rather than by electron-builder, whose converter is a
 * download.
 */

/** Pixels of a side, in Linux's icon themes and in Windows' files. */
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
const MOST_IN_ICO = 256;
/** Apple's types of PNG entries, by pixels of a side. */
const ICNS_TYPES = { 32: "ic11", 64: "ic12", 128: "ic07", 256: "ic08", 512: "ic09", 1024: "ic10" };
/** Apple's grid: the plate takes 824 of 1024 pixels, the rest is its shadow's. */
const MAC_PLATE = 824 / 1024;

/** @param plate part of the side that the mark takes */
async function png(svg: Buffer, size: number, plate = 1): Promise<Buffer> {
  const inner = Math.round(size * plate);
  const margin = Math.floor((size - inner) / 2);
  const rest = size - inner - margin;
  // Drawn at its size: small ones stay sharp.
  return sharp(svg, { density: (72 * inner) / 32 })
    .resize(inner, inner)
    .extend({ top: margin, left: margin, bottom: rest, right: rest, background: "#0000" })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** Windows' container: a head of 6 bytes, 16 a picture, then the pictures as PNG. */
export function ico(pictures: readonly { size: number; bytes: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  for (const [i, { size, bytes }] of pictures.entries()) {
    const at = 6 + 16 * i;
    // 0 stands for 256.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(bytes.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += bytes.length;
  }
  return Buffer.concat([head, ...pictures.map(({ bytes }) => bytes)]);
}

/** Apple's container: `icns` and its length, then each picture behind its type and length. */
export function icns(pictures: readonly { type: string; bytes: Buffer }[]): Buffer {
  const part = (type: string, bytes: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, "ascii");
    head.writeUInt32BE(8 + bytes.length, 4);
    return Buffer.concat([head, bytes]);
  };
  return part("icns", Buffer.concat(pictures.map(({ type, bytes }) => part(type, bytes))));
}

/** Writes icon.ico, icon.icns and icons/NxN.png. @param mark SVG file @param folder made where it is missing */
export async function makeIcons(mark: string, folder: string): Promise<void> {
  const svg = readFileSync(mark);
  mkdirSync(join(folder, "icons"), { recursive: true });
  const pictures = await Promise.all(SIZES.map(async (size) => ({ size, bytes: await png(svg, size) })));
  for (const { size, bytes } of pictures) writeFileSync(join(folder, "icons", `${size}x${size}.png`), bytes);
  writeFileSync(join(folder, "icon.ico"), ico(pictures.filter(({ size }) => size <= MOST_IN_ICO)));
  const mac = Object.entries(ICNS_TYPES).map(async ([size, type]) => ({
    type,
    bytes: await png(svg, Number(size), MAC_PLATE),
  }));
  writeFileSync(join(folder, "icon.icns"), icns(await Promise.all(mac)));
}
