import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeIcons } from "./icons.ts";

const MARK = join(import.meta.dirname, "..", "..", "renderer", "public", "icon.svg");
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-icons-"));
  await makeIcons(MARK, folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("Linux gets a picture a size, of that size", async () => {
  const names = readdirSync(join(folder, "icons"));
  expect(names).toHaveLength(8);
  for (const name of names) {
    const { width, height, hasAlpha } = await sharp(join(folder, "icons", name)).metadata();
    expect([`${width}x${height}.png`, hasAlpha]).toEqual([name, true]);
  }
});

test("Windows' file holds every size up to 256, whole", async () => {
  const bytes = readFileSync(join(folder, "icon.ico"));
  const count = bytes.readUInt16LE(4);
  const sizes = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const at = 6 + 16 * i;
      const start = bytes.readUInt32LE(at + 12);
      const picture = await sharp(bytes.subarray(start, start + bytes.readUInt32LE(at + 8))).metadata();
      expect(picture.width).toBe(bytes.readUInt8(at) || 256);
      return picture.width;
    }),
  );
  expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);
});

test("Apple's file holds every size up to 1024, the mark inside its margin", async () => {
  const bytes = readFileSync(join(folder, "icon.icns"));
  expect([bytes.toString("ascii", 0, 4), bytes.readUInt32BE(4)]).toEqual(["icns", bytes.length]);
  const sizes: number[] = [];
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at + 4)) {
    const picture = sharp(bytes.subarray(at + 8, at + bytes.readUInt32BE(at + 4)));
    const { width } = await picture.metadata();
    sizes.push(width);
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    const alpha = (x: number, y: number) => data[(y * info.width + x) * info.channels + 3];
    expect([alpha(0, width / 2), alpha(width / 2, width / 2)]).toEqual([0, 255]);
  }
  expect(sizes).toEqual([32, 64, 128, 256, 512, 1024]);
});
