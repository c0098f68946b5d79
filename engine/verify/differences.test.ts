import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { loadOpenCv } from "../lib/opencv.ts";
import { decodePicture } from "../picture/decode.ts";
import { canvasOf } from "./agreement.ts";
import { levelsOf } from "./aligned.ts";
import { comparePictures, type Verification } from "./compare.ts";
import { CATALOGUE_FEATURES, extractFeatures, QUERY_FEATURES } from "./features.ts";
import { carry } from "./homography.ts";
import { sketchOf } from "./sketch.ts";

const SEED = join(import.meta.dirname, "../../seed/images");
/** Of the picture's width and height: where the other print has something else. */
const CHANGED = { from: 0.4, to: 0.65 };

async function compared(catalogue: Buffer, photo: Buffer): Promise<Verification | null> {
  const cv = await loadOpenCv();
  const [ours, theirs] = await Promise.all(
    [catalogue, photo].map((bytes) => decodePicture(bytes, { name: "picture" })),
  );
  if (ours === undefined || theirs === undefined) return null;
  const stored = { features: extractFeatures(cv, ours, CATALOGUE_FEATURES), sketch: sketchOf(cv, ours) };
  const query = {
    features: extractFeatures(cv, theirs, QUERY_FEATURES),
    canvas: canvasOf(cv, theirs),
    levels: levelsOf(cv, theirs),
  };
  return (await comparePictures(query, [{ sku: "a", hash: "a1", stored }]))[0] ?? null;
}

async function changed(bytes: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(bytes).metadata();
  const [w, h] = [width, height].map((side) => Math.round(side * (CHANGED.to - CHANGED.from))) as [number, number];
  const spots = `<svg width="${w}" height="${h}"><rect width="100%" height="100%" fill="#d0208a"/>
    <circle cx="50%" cy="50%" r="30%" fill="#f7e21b"/></svg>`;
  const at = { left: Math.round(width * CHANGED.from), top: Math.round(height * CHANGED.from) };
  return sharp(bytes)
    .composite([{ input: Buffer.from(spots), ...at }])
    .jpeg()
    .toBuffer();
}

test("says where a sister's print differs, in both pictures", async () => {
  const names = (await readdir(SEED)).filter((name) => name.endsWith(".jpg")).sort();
  let [within, beyond, looked] = [0, 0, 0];
  for (const name of names.filter((_, index) => index % 6 === 0)) {
    const bytes = await readFile(join(SEED, name));
    const found = await compared(bytes, await changed(bytes));
    if (!found?.differences) continue;
    looked++;
    const { side, values, catalogue: box, photo } = found.differences;
    expect(values).toHaveLength(side * side);
    const means = { within: [] as number[], beyond: [] as number[] };
    values.forEach((value, at) => {
      const [u, v] = [((at % side) + 0.5) / side, (Math.floor(at / side) + 0.5) / side];
      const [x, y] = [box.x + u * box.width, box.y + v * box.height];
      if (value < 0) return;
      const [px, py] = carry(photo, [u, v]);
      // The photo is the picture itself: both mappings say the same place.
      expect(Math.hypot(px - x, py - y)).toBeLessThan(0.05);
      const inside = [x, y].every((part) => part > CHANGED.from + 0.03 && part < CHANGED.to - 0.03);
      const outside = [x, y].some((part) => part < CHANGED.from - 0.08 || part > CHANGED.to + 0.08);
      if (inside) means.within.push(value);
      if (outside) means.beyond.push(value);
    });
    const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length);
    within += mean(means.within);
    beyond += mean(means.beyond);
  }
  expect(looked).toBeGreaterThanOrEqual(4);
  expect(within / looked).toBeGreaterThan(60);
  expect(beyond / looked).toBeLessThan(30);
}, 120_000);

test("finds little that differs in a picture and itself", async () => {
  const names = (await readdir(SEED)).filter((name) => name.endsWith(".jpg")).sort();
  const bytes = await readFile(join(SEED, names[0] ?? ""));
  const values = (await compared(bytes, bytes))?.differences?.values.filter((value) => value >= 0) ?? [];
  expect(values.length).toBeGreaterThan(80);
  expect(values.filter((value) => value >= 50).length / values.length).toBeLessThan(0.1);
}, 120_000);
