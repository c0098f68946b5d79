import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Piscina } from "piscina";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadOpenCv, type OpenCv } from "../lib/opencv.ts";
import { decodePicture } from "../picture/decode.ts";
import { compareFeatures } from "./compare.ts";
import { decodeFeatures, encodeFeatures } from "./feature-bytes.ts";
import { CATALOGUE_FEATURES, extractFeatures, type LocalFeatures, QUERY_FEATURES } from "./features.ts";
import type { CompareTask, ExtractTask, VerifyResult, VerifyTask } from "./verify.worker.ts";

const SEED = join(import.meta.dirname, "../../seed/images");
/** Every fourth product of the seed catalogue. */
const EVERY = 4;

let cv: OpenCv;
const files: Buffer[] = [];
const catalogue: LocalFeatures[] = [];

const decode = (bytes: Uint8Array) => decodePicture(bytes, { name: "picture.jpg" });

beforeAll(async () => {
  cv = await loadOpenCv();
  const names = (await readdir(SEED)).filter((name) => name.endsWith(".jpg")).sort();
  for (const name of names.filter((_, index) => index % EVERY === 0)) {
    const bytes = await readFile(join(SEED, name));
    files.push(bytes);
    catalogue.push(extractFeatures(cv, await decode(bytes), CATALOGUE_FEATURES));
  }
});

/** Turned, darker, smaller, on a plain table, saved again as a poor JPEG. */
async function photo(bytes: Buffer): Promise<LocalFeatures> {
  const turned = await sharp(bytes)
    .resize(600, 600, { fit: "inside" })
    .modulate({ brightness: 0.8 })
    .affine([0.9, 0.12, -0.2, 0.85], { background: "#556" })
    .extend({ top: 40, bottom: 40, left: 60, right: 60, background: "#556" })
    .jpeg({ quality: 60 })
    .toBuffer();
  return extractFeatures(cv, await decode(turned), QUERY_FEATURES);
}

describe("products of the seed catalogue", () => {
  test("their own photo agrees, others' don't", async () => {
    const queries = await Promise.all(files.map(photo));
    const own = await Promise.all(
      queries.map((query, index) => compareFeatures(query, catalogue[index] as LocalFeatures)),
    );
    expect(own.filter((one) => one.inliers >= 10).length / own.length).toBeGreaterThanOrEqual(0.9);
    let others = 0;
    for (const [q, query] of queries.entries()) {
      for (const [c, features] of catalogue.entries()) {
        if (q !== c && (await compareFeatures(query, features)).inliers > 0) others++;
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
    const query = extractFeatures(cv, await decode(half), QUERY_FEATURES);
    const { points, inliers, tentative, score } = await compareFeatures(query, catalogue[0] as LocalFeatures);
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

  test("a mirrored picture is another one", async () => {
    const mirrored = await sharp(files[0]).flop().jpeg().toBuffer();
    const query = extractFeatures(cv, await decode(mirrored), QUERY_FEATURES);
    expect((await compareFeatures(query, catalogue[0] as LocalFeatures)).inliers).toBe(0);
  });
});

test("stored features compare like fresh ones, and foreign bytes are told apart", () => {
  const features = catalogue[0] as LocalFeatures;
  const bytes = encodeFeatures(features);
  expect(bytes.length).toBeLessThanOrEqual(12 + CATALOGUE_FEATURES.count * 134);
  const back = decodeFeatures(bytes);
  expect(back).toMatchObject({ width: features.width, height: features.height, count: features.count });
  expect(back?.descriptors).toEqual(features.descriptors);
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
  const features = extractFeatures(cv, { rgb, width, height }, QUERY_FEATURES);
  expect(features.count).toBe(0);
  expect(decodeFeatures(encodeFeatures(features))?.count).toBe(0);
  for (const one of catalogue.slice(0, 2)) {
    expect(await compareFeatures(features, one)).toEqual({ inliers: 0, tentative: 0, score: 0, points: [] });
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
    const task: CompareTask = { kind: "compare", picture, catalogue: [stored, new Uint8Array(5)] };
    const [same, broken] = (await pool.run(task)) as VerifyResult<CompareTask>;
    expect(same?.inliers).toBeGreaterThan(0.5 * (decodeFeatures(stored)?.count ?? 0));
    expect(broken).toBeNull();
  });
});
