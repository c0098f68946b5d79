import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Piscina } from "piscina";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadOpenCv, type OpenCv } from "../lib/opencv.ts";
import { decodePicture } from "../picture/decode.ts";
import { canvasOf } from "./agreement.ts";
import { levelsOf } from "./aligned.ts";
import { comparePictures, type QueryPicture, type Verification } from "./compare.ts";
import { decodeFeatures, encodeFeatures, type StoredPicture } from "./feature-bytes.ts";
import { CATALOGUE_FEATURES, extractFeatures, QUERY_FEATURES, type RgbPixels } from "./features.ts";
import { sketchOf } from "./sketch.ts";
import type { CompareTask, ExtractTask, VerifyResult, VerifyTask } from "./verify.worker.ts";

const SEED = join(import.meta.dirname, "../../seed/images");
/** Every fourth product of the seed catalogue. */
const EVERY = 4;

let cv: OpenCv;
const files: Buffer[] = [];
const catalogue: StoredPicture[] = [];

const decode = (bytes: Uint8Array) => decodePicture(bytes, { name: "picture.jpg" });
const kept = (picture: RgbPixels): StoredPicture => ({
  features: extractFeatures(cv, picture, CATALOGUE_FEATURES),
  sketch: sketchOf(cv, picture),
});
const asked = (picture: RgbPixels): QueryPicture => ({
  features: extractFeatures(cv, picture, QUERY_FEATURES),
  canvas: canvasOf(cv, picture),
  levels: levelsOf(cv, picture),
});
const compare = async (query: QueryPicture, stored: StoredPicture) =>
  (await comparePictures(query, [{ sku: "a", hash: "a1", stored }]))[0] as Verification;

beforeAll(async () => {
  cv = await loadOpenCv();
  const names = (await readdir(SEED)).filter((name) => name.endsWith(".jpg")).sort();
  for (const name of names.filter((_, index) => index % EVERY === 0)) {
    const bytes = await readFile(join(SEED, name));
    files.push(bytes);
    catalogue.push(kept(await decode(bytes)));
  }
});

/** Turned, darker, smaller, on a plain table, saved again as a poor JPEG. */
async function photo(bytes: Buffer): Promise<QueryPicture> {
  const turned = await sharp(bytes)
    .resize(600, 600, { fit: "inside" })
    .modulate({ brightness: 0.8 })
    .affine([0.9, 0.12, -0.2, 0.85], { background: "#556" })
    .extend({ top: 40, bottom: 40, left: 60, right: 60, background: "#556" })
    .jpeg({ quality: 60 })
    .toBuffer();
  return asked(await decode(turned));
}

describe("products of the seed catalogue", () => {
  test("their own photo agrees, others' don't", async () => {
    const queries = await Promise.all(files.map(photo));
    const own = await Promise.all(queries.map((query, index) => compare(query, catalogue[index] as StoredPicture)));
    expect(own.filter((one) => one.inliers >= 10).length / own.length).toBeGreaterThanOrEqual(0.9);
    let others = 0;
    for (const [q, query] of queries.entries()) {
      for (const [c, features] of catalogue.entries()) {
        if (q !== c && (await compare(query, features)).inliers > 0) others++;
      }
    }
    expect(others).toBeLessThanOrEqual(1);
  });

  test("the points lie where the picture was moved to", async () => {
    const bytes = files[0] as Buffer;
    const half = await sharp({ create: { width: 800, height: 800, channels: 3, background: "#667" } })
      .composite([{ input: await sharp(bytes).resize(400, 400, { fit: "fill" }).toBuffer(), left: 400, top: 0 }])
      .jpeg()
      .toBuffer();
    const query = asked(await decode(half));
    const { points, inliers, tentative, score } = await compare(query, catalogue[0] as StoredPicture);
    expect(inliers).toBeGreaterThan(10);
    expect(tentative).toBeGreaterThanOrEqual(inliers);
    expect(score).toBeGreaterThan(0.5);
    expect(points.length).toBeLessThanOrEqual(60);
    for (const {
      query: [x, y],
      catalogue: [u, v],
    } of points) {
      expect(Math.abs(x - (0.5 + u / 2))).toBeLessThan(0.02);
      expect(Math.abs(y - v / 2)).toBeLessThan(0.02);
    }
  });

  test("a sister is told from the thing itself, where points lie on what both have", async () => {
    const odds = await Promise.all(
      files.slice(0, 10).map(async (bytes, index) => {
        const { width, height } = await sharp(bytes).metadata();
        // Another thing on the lower half of the middle.
        const patch = await sharp(files[(index + 3) % files.length] as Buffer)
          .resize(Math.round(width * 0.5), Math.round(height * 0.35), { fit: "cover" })
          .toBuffer();
        const at = { left: Math.round(width * 0.25), top: Math.round(height * 0.5) };
        const sister = await sharp(bytes)
          .composite([{ input: patch, ...at }])
          .jpeg()
          .toBuffer();
        const stored = catalogue[index] as StoredPicture;
        const [own, other] = [await compare(await photo(bytes), stored), await compare(await photo(sister), stored)];
        return { own: own.same, other: other.same };
      }),
    );
    const both = odds.filter((one): one is { own: number; other: number } => one.own !== null && one.other !== null);
    expect(both.length).toBeGreaterThanOrEqual(6);
    expect(both.filter(({ own, other }) => own > other).length / both.length).toBeGreaterThanOrEqual(0.9);
  });

  test("only the pictures with the most points are looked at side by side", async () => {
    const query = await photo(files[0] as Buffer);
    const stored = [null, ...new Array<StoredPicture>(8).fill(catalogue[0] as StoredPicture)];
    const lookedAt = async (skus: readonly string[]) => {
      const pictures = stored.map((one, n) => ({ sku: skus[n % skus.length] ?? "", hash: `${n}`, stored: one }));
      const compared = await comparePictures(query, pictures);
      expect(compared[0]).toBeNull();
      return compared.filter((one) => typeof one?.same === "number").length;
    };
    expect(await lookedAt(["a", "b", "c", "d", "e", "f", "g", "h", "i"])).toBe(4);
    expect(await lookedAt(["a", "b", "c"])).toBe(5);
  });

  test("a mirrored picture is another one", async () => {
    const mirrored = await sharp(files[0]).flop().jpeg().toBuffer();
    const query = asked(await decode(mirrored));
    const { inliers, same } = await compare(query, catalogue[0] as StoredPicture);
    expect({ inliers, same }).toEqual({ inliers: 0, same: null });
  });
});

test("stored features are what they were, and foreign bytes are told apart", () => {
  const { features, sketch } = catalogue[0] as StoredPicture;
  const bytes = encodeFeatures({ features, sketch });
  expect(bytes.length).toBeLessThanOrEqual(16 + CATALOGUE_FEATURES.count * 134 + 160 * 160 + 3 * 40 * 40);
  const back = decodeFeatures(bytes);
  expect(back?.sketch).toEqual(sketch);
  expect(back?.features).toMatchObject({ width: features.width, height: features.height, count: features.count });
  expect(back?.features.descriptors).toEqual(features.descriptors);
  features.scales.forEach((size, index) => {
    expect((back?.features.scales[index] ?? 0) / size).toBeCloseTo(1, 1);
  });
  expect(decodeFeatures(bytes.subarray(0, -1))).toBeNull();
  expect(decodeFeatures(new Uint8Array(0))).toBeNull();
  const newer = bytes.slice();
  newer[4] = 99;
  expect(decodeFeatures(newer)).toBeNull();
});

test.each([
  ["one pixel", 1, 1],
  ["a thin strip", 900, 2],
  ["a plain area", 400, 300],
])("%s has no features and matches nothing", async (_, width, height) => {
  const rgb = new Uint8Array(width * height * 3).fill(90);
  const picture = asked({ rgb, width, height });
  expect(picture.features.count).toBe(0);
  expect(decodeFeatures(encodeFeatures(kept({ rgb, width, height })))?.features.count).toBe(0);
  for (const one of catalogue.slice(0, 2)) {
    expect(await compare(picture, one)).toEqual({
      inliers: 0,
      tentative: 0,
      score: 0,
      points: [],
      agreement: null,
      same: null,
      differences: null,
      surrounded: false,
    });
  }
});

describe("in a worker thread", () => {
  const pool = new Piscina<VerifyTask, unknown>({
    filename: new URL("./verify.worker.ts", import.meta.url).href,
    maxThreads: 1,
  });
  afterAll(() => pool.destroy());

  test("extracts, compares, and says which stored features are of no use", async () => {
    const picture = await decode(files[1] as Buffer);
    const stored = (await pool.run({ kind: "extract", picture })) as VerifyResult<ExtractTask>;
    const task: CompareTask = {
      kind: "compare",
      picture,
      catalogue: [
        { sku: "a", hash: "a1", bytes: stored },
        { sku: "b", hash: "b1", bytes: new Uint8Array(5) },
      ],
    };
    const [same, broken] = (await pool.run(task)) as VerifyResult<CompareTask>;
    expect(same?.inliers).toBeGreaterThan(0.5 * (decodeFeatures(stored)?.features.count ?? 0));
    expect(broken).toBeNull();
  });
});
