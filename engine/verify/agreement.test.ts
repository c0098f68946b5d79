import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { loadOpenCv, type OpenCv } from "../lib/opencv.ts";
import { decodePicture } from "../picture/decode.ts";
import { type Agreement, agreementOf, canvasOf } from "./agreement.ts";
import type { Homography } from "./homography.ts";
import { sketchOf } from "./sketch.ts";

const SIZE = { width: 640, height: 640 };
/** Patches of a square photo. */
const ALL = 46 ** 2;
const SAME: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

let cv: OpenCv;
let picture: Buffer;
beforeAll(async () => {
  cv = await loadOpenCv();
  const file = await readFile(join(import.meta.dirname, "../../seed/images/instamatic-camera.jpg"));
  picture = await sharp(file).resize(640, 640, { fit: "fill" }).png().toBuffer();
});

const decode = (bytes: Uint8Array) => decodePicture(bytes, { name: "picture", side: 640 });
const mean = (values: Float32Array = new Float32Array(0)) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

async function laid(photo: Uint8Array, catalogue: Uint8Array, matrix = SAME): Promise<Agreement | null> {
  const canvas = canvasOf(cv, await decode(photo));
  return agreementOf(canvas, sketchOf(cv, await decode(catalogue)), matrix, SIZE, SIZE);
}

test("a picture agrees with itself everywhere, under other light, too", async () => {
  const dark = await sharp(picture).linear([0.62, 0.55, 0.48], [4, 4, 4]).png().toBuffer();
  const [same, darker] = [await laid(picture, picture), await laid(dark, picture)];
  expect(same?.cells.length).toBeGreaterThan(100);
  expect(mean(same?.shape)).toBeGreaterThan(0.6);
  expect(mean(same?.colour)).toBeLessThan(0.1);
  expect(mean(darker?.shape)).toBeGreaterThan(mean(same?.shape) - 0.1);
  expect(mean(darker?.colour)).toBeLessThan(0.15);
});

test("what was painted over disagrees, and only there", async () => {
  const patch = await sharp({ create: { width: 320, height: 320, channels: 3, background: "#c03020" } })
    .png()
    .toBuffer();
  const painted = await sharp(picture)
    .composite([{ input: patch, left: 160, top: 160 }])
    .png()
    .toBuffer();
  const [same, other] = [await laid(picture, picture), await laid(painted, picture)];
  expect(other?.cells).toEqual(same?.cells);
  expect(mean(other?.shape)).toBeLessThan(mean(same?.shape) - 0.05);
  expect(mean(other?.colour)).toBeGreaterThan(mean(same?.colour) + 0.05);
  const corner = (one: Agreement | null) => one?.shape[0];
  expect(corner(other)).toBeCloseTo(corner(same) ?? 0, 1);
});

test("a plain background takes no part, wherever the picture lies", async () => {
  const framed = await sharp(picture)
    .resize(320, 320)
    .extend({ top: 160, bottom: 160, left: 160, right: 160, background: "white" })
    .png()
    .toBuffer();
  const inFrame = await laid(framed, framed);
  expect(inFrame?.cells.length).toBeLessThan(0.3 * ALL);
  const half: Homography = [0.5, 0, 160, 0, 0.5, 160, 0, 0, 1];
  const placed = await laid(framed, picture, half);
  expect(placed?.cells.length).toBeLessThan(0.3 * ALL);
  expect(mean(placed?.shape)).toBeGreaterThan(0.6);
  const { x, y, width, height } = placed?.box ?? { x: 0, y: 0, width: 0, height: 0 };
  for (const side of [x, y]) expect(Math.abs(side - 0.25)).toBeLessThan(0.08);
  for (const side of [width, height]) expect(Math.abs(side - 0.5)).toBeLessThan(0.16);
});

test("nothing is said of what lies outside the photo", async () => {
  expect(await laid(picture, picture, [1, 0, 5000, 0, 1, 0, 0, 0, 1])).toBeNull();
});
