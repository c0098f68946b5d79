import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { loadOpenCv, type OpenCv } from "../lib/opencv.ts";
import { decodePicture } from "../picture/decode.ts";
import { canvasOf } from "./agreement.ts";
import { levelsOf } from "./aligned.ts";
import { type CataloguePicture, isAlone } from "./bridge.ts";
import { comparePictures, type Verification } from "./compare.ts";
import { CATALOGUE_FEATURES, extractFeatures, QUERY_FEATURES } from "./features.ts";
import { sketchOf } from "./sketch.ts";

const SEED = join(import.meta.dirname, "../../seed/images");

let cv: OpenCv;
/** A product, and what stands beside it on shelves. */
let thing: Buffer;
let neighbour: Buffer;
let another: Buffer;

async function pictureOf(sku: string, hash: string, bytes: Buffer): Promise<CataloguePicture> {
  const picture = await decodePicture(bytes, { name: hash });
  const features = extractFeatures(cv, picture, CATALOGUE_FEATURES);
  return { sku, hash, stored: { features, sketch: sketchOf(cv, picture) } };
}

async function queryOf(bytes: Buffer) {
  const picture = await decodePicture(bytes, { name: "photo" });
  const features = extractFeatures(cv, picture, QUERY_FEATURES);
  return { features, canvas: canvasOf(cv, picture), levels: levelsOf(cv, picture) };
}

/** Something before a chequered wall, which is no plain ground, and another thing to its right. */
async function onShelf(left: Buffer, right: Buffer): Promise<Buffer> {
  const [width, height] = [640, 360];
  const patches = Buffer.from(Uint8Array.from({ length: 3 * 16 * 9 }, (_, i) => (i * 97) % 251));
  const wall = sharp(patches, { raw: { width: 16, height: 9, channels: 3 } }).resize(width, height, {
    kernel: "nearest",
    fit: "fill",
  });
  const thumb = (bytes: Buffer) => sharp(bytes).resize(280, 280, { fit: "inside" }).toBuffer();
  return wall
    .composite([
      { input: await thumb(left), left: 20, top: 40 },
      { input: await thumb(right), left: 340, top: 40 },
    ])
    .jpeg({ quality: 85 })
    .toBuffer();
}

beforeAll(async () => {
  cv = await loadOpenCv();
  const rich: Buffer[] = [];
  for (const name of (await readdir(SEED)).filter((one) => one.endsWith(".jpg")).sort()) {
    const bytes = await readFile(join(SEED, name));
    const { stored } = await pictureOf("x", name, bytes);
    if (stored !== null && isAlone(stored) && stored.features.count >= 300) rich.push(bytes);
    if (rich.length === 3) break;
  }
  [thing, neighbour, another] = rich as [Buffer, Buffer, Buffer];
});

test("of a photo that was added to a product, its neighbours on the shelf count for nothing", async () => {
  const added = await pictureOf("a", "a2", await onShelf(thing, neighbour));
  const shop = await pictureOf("a", "a1", thing);
  const asked = await queryOf(await sharp(neighbour).resize(300, 300, { fit: "inside" }).jpeg().toBuffer());
  const [byItself] = (await comparePictures(asked, [added])) as Verification[];
  expect(byItself?.inliers).toBeGreaterThan(20);
  const [beside] = (await comparePictures(asked, [added, shop])) as Verification[];
  expect(beside).toMatchObject({ inliers: 0, agreement: null, same: null, surrounded: true });
});

test("its product counts, laid over as its own picture shows it", async () => {
  const added = await pictureOf("a", "a3", await onShelf(neighbour, thing));
  const shop = await pictureOf("a", "a1", thing);
  const asked = await queryOf(await sharp(thing).resize(300, 300, { fit: "inside" }).jpeg({ quality: 70 }).toBuffer());
  const [found, own] = (await comparePictures(asked, [added, shop])) as Verification[];
  expect(found?.inliers).toBeGreaterThan(20);
  expect(found?.same).toBeGreaterThan(0);
  expect(found?.agreement?.box.width).toBeGreaterThan(0.7);
  expect(own).toMatchObject({ surrounded: false });
  const points = found?.points ?? [];
  expect(points.every(({ catalogue }) => catalogue[0] > 0.5)).toBe(true);
});

test("where the product is not found in its photo, its points count and nothing is laid over", async () => {
  const added = await pictureOf("b", "b2", await onShelf(neighbour, another));
  const shop = await pictureOf("b", "b1", thing);
  const asked = await queryOf(await sharp(neighbour).resize(300, 300, { fit: "inside" }).jpeg().toBuffer());
  const [found] = (await comparePictures(asked, [added, shop])) as Verification[];
  expect(found?.inliers).toBeGreaterThan(20);
  expect(found).toMatchObject({ agreement: null, same: null, surrounded: true });
});
