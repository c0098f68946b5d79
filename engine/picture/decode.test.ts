import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { cropToRegion, type DecodedPicture, decodePicture, thumbnailOf } from "./decode.ts";

/** Left half red, right half blue: orientation and colour show in two pixels. */
function halves(width = 80, height = 40): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(x < width / 2 ? [255, 0, 0] : [0, 0, 255], (y * width + x) * 3);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function pixel(picture: DecodedPicture, x: number, y: number): number[] {
  const at = (Math.floor(y * (picture.height - 1)) * picture.width + Math.floor(x * (picture.width - 1))) * 3;
  return [...picture.rgb.subarray(at, at + 3)];
}

function near(actual: readonly number[], wanted: readonly number[], within = 40): void {
  for (const [i, value] of actual.entries()) {
    expect(Math.abs(value - (wanted[i] ?? 0)), `${actual} near ${wanted}`).toBeLessThanOrEqual(within);
  }
}

const RED = [255, 0, 0];
const BLUE = [0, 0, 255];

/** A PNG whose header claims the size; its data would inflate to `width * height` bytes. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const typed = Buffer.concat([Buffer.from(type, "latin1"), body]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = deflateSync(Buffer.alloc((width + 1) * 1000), { level: 9 });
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", rows),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("formats", () => {
  test.each([
    ["jpeg", () => halves().jpeg({ quality: 95 })],
    ["png", () => halves().png()],
    ["webp", () => halves().webp({ quality: 95 })],
    ["avif", () => halves().avif({ quality: 90 })],
    ["gif", () => halves().gif()],
    ["tiff", () => halves().tiff()],
  ] as const)("%s is read by its content", async (format, make) => {
    const picture = await decodePicture(await make().toBuffer(), { name: "photo.bin" });
    expect(picture).toMatchObject({ format, width: 80, height: 40, originalWidth: 80, originalHeight: 40 });
    expect(picture.rgb).toHaveLength(80 * 40 * 3);
    expect(picture.contentHash).toMatch(/^[0-9a-f]{64}$/);
    near(pixel(picture, 0.2, 0.5), RED);
    near(pixel(picture, 0.8, 0.5), BLUE);
  });

  test("HEIC, as phones take it", async () => {
    const bytes = await readFile(join(import.meta.dirname, "fixtures", "photo.heic"));
    const picture = await decodePicture(bytes, { name: "IMG_0001.HEIC" });
    expect(picture.format).toBe("heic");
    expect(Math.max(picture.width, picture.height)).toBe(120);
    const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
    const { channels } = await sharp(picture.rgb, { raw }).stats();
    for (const { stdev } of channels) expect(stdev).toBeGreaterThan(5);
    await expect(decodePicture(bytes, { name: "IMG_0001.HEIC", maxPixels: 100 })).rejects.toMatchObject({
      code: "IMAGE_TOO_LARGE",
    });
    await expect(decodePicture(bytes.subarray(0, 900), { name: "cut.heic" })).rejects.toMatchObject({
      code: "IMAGE_UNREADABLE",
    });
  });

  test.each([
    ["CMYK", () => halves().toColourspace("cmyk").jpeg({ quality: 95 })],
    ["16 bit", () => halves().toColourspace("rgb16").png()],
    ["palette", () => halves().png({ palette: true })],
    ["transparent", () => halves().ensureAlpha(1).png()],
  ] as const)("%s becomes 8-bit sRGB", async (_, make) => {
    const picture = await decodePicture(await make().toBuffer(), { name: "x" });
    expect(picture.rgb).toHaveLength(picture.width * picture.height * 3);
    // CMYK goes through an ink profile: hues stay, saturation drops.
    near(pixel(picture, 0.2, 0.5), RED, 70);
    near(pixel(picture, 0.8, 0.5), BLUE, 120);
  });

  test("greyscale has three equal channels, with and without alpha", async () => {
    for (const make of [halves().greyscale().png(), halves().greyscale().ensureAlpha(0.5).png()]) {
      const picture = await decodePicture(await make.toBuffer(), { name: "grey.png" });
      const [r, g, b] = pixel(picture, 0.2, 0.5);
      expect([g, b]).toEqual([r, r]);
    }
  });

  test("alpha lies on white", async () => {
    const clear = sharp({ create: { width: 10, height: 10, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
    const picture = await decodePicture(await clear.png().toBuffer(), { name: "clear.png" });
    expect(pixel(picture, 0.5, 0.5)).toEqual([255, 255, 255]);
  });

  test.each(["gif", "webp"] as const)("an animated %s gives its first frame", async (format) => {
    const frames = Buffer.concat([Buffer.alloc(20 * 10 * 3, 200), Buffer.alloc(20 * 10 * 3, 20)]);
    const file = await sharp(frames, { raw: { width: 20, height: 20, channels: 3, pageHeight: 10 } })
      .toFormat(format, { delay: [100, 100] })
      .toBuffer();
    const picture = await decodePicture(file, { name: "moving" });
    expect(picture).toMatchObject({ width: 20, height: 10 });
    near(pixel(picture, 0.5, 0.5), [200, 200, 200], 8);
  });

  test("EXIF orientation is applied, and the sizes are the upright ones", async () => {
    const turned = await halves().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const picture = await decodePicture(turned, { name: "turned.jpg" });
    expect(picture).toMatchObject({ width: 40, height: 80, originalWidth: 40, originalHeight: 80 });
    near(pixel(picture, 0.5, 0.1), RED);
    near(pixel(picture, 0.5, 0.9), BLUE);
  });

  test("a large picture comes at working size, a 1x1 as it is", async () => {
    const large = await sharp({ create: { width: 3000, height: 1500, channels: 3, background: "green" } })
      .jpeg()
      .toBuffer();
    expect(await decodePicture(large, { name: "l" })).toMatchObject({
      width: 1280,
      height: 640,
      originalWidth: 3000,
      originalHeight: 1500,
    });
    expect(await decodePicture(await halves(1, 1).png().toBuffer(), { name: "dot.png" })).toMatchObject({
      width: 1,
      height: 1,
    });
  });
});

describe("files that are refused", () => {
  let jpeg: Buffer;
  beforeAll(async () => {
    jpeg = await sharp(Buffer.from(Array.from({ length: 300 * 300 * 3 }, (_, i) => (i * i) % 251)), {
      raw: { width: 300, height: 300, channels: 3 },
    })
      .jpeg()
      .toBuffer();
  });

  test.each([
    ["empty", () => Buffer.alloc(0), "IMAGE_UNREADABLE"],
    ["text named .jpg", () => Buffer.from("not a picture at all\n".repeat(9)), "IMAGE_UNREADABLE"],
    ["noise", () => Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)), "IMAGE_UNREADABLE"],
    ["truncated JPEG", () => jpeg.subarray(0, jpeg.length >> 1), "IMAGE_UNREADABLE"],
    ["JPEG of its header alone", () => jpeg.subarray(0, 30), "IMAGE_UNREADABLE"],
    [
      "SVG",
      () => Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      "IMAGE_UNSUPPORTED",
    ],
    ["SVG after a comment", () => Buffer.from(`<!-- ${"x".repeat(900)} -->\n<svg width="9"/>`), "IMAGE_UNSUPPORTED"],
    ["PDF", () => Buffer.from("%PDF-1.7\n%binary"), "IMAGE_UNSUPPORTED"],
    ["20,000 x 20,000 PNG", () => bomb(20_000, 20_000), "IMAGE_TOO_LARGE"],
  ] as const)("%s", async (name, make, code) => {
    const failure = decodePicture(make(), { name: `${name}.jpg` });
    await expect(failure).rejects.toMatchObject({ name: "ShelfmatchError", code });
    await expect(failure).rejects.toThrow(`${name}.jpg`);
  });

  test("truncated PNG", async () => {
    const png = await sharp(jpeg).png().toBuffer();
    await expect(decodePicture(png.subarray(0, png.length >> 1), { name: "half.png" })).rejects.toMatchObject({
      code: "IMAGE_UNREADABLE",
    });
  });

  test("more bytes than the limit, refused before they are looked at", async () => {
    await expect(decodePicture(Buffer.alloc(200_000_000), { name: "huge.jpg" })).rejects.toMatchObject({
      code: "IMAGE_TOO_LARGE",
    });
  });
});

test("a region is cut out and named apart from the whole", async () => {
  const picture = await decodePicture(await halves().png().toBuffer(), { name: "x" });
  const right = cropToRegion(picture, { x: 0.5, y: 0, width: 0.5, height: 1 });
  expect(right).toMatchObject({ width: 40, height: 40, originalWidth: 80 });
  expect(pixel(right, 0, 0)).toEqual(BLUE);
  expect(right.contentHash).not.toBe(picture.contentHash);
  expect(cropToRegion(picture, { x: 0.999, y: 0.999, width: 0.001, height: 0.001 })).toMatchObject({
    width: 1,
    height: 1,
  });
});

test("a thumbnail is a WebP of at most 256 pixels, and never larger than the picture", async () => {
  const picture = await decodePicture(await halves(600, 300).png().toBuffer(), { name: "x" });
  expect(await sharp(await thumbnailOf(picture)).metadata()).toMatchObject({ format: "jpeg", width: 256, height: 128 });
  const small = await decodePicture(await halves(30, 20).png().toBuffer(), { name: "x" });
  expect(await sharp(await thumbnailOf(small)).metadata()).toMatchObject({ width: 30, height: 20 });
});
