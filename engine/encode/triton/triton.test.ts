import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cosine,
  describeImageEncoder,
  describeTextEncoder,
  seedPictures,
  seedViews,
  TEXTS,
  WEIGHTS,
} from "../contract.ts";
import { createOnnxImageEncoder } from "../onnx/image-encoder.ts";
import { createOnnxTextEncoder } from "../onnx/text-encoder.ts";
import type { ImageEncoder, TextEncoder } from "../port.ts";
import { SHIPPED_IMAGE_MODEL, SHIPPED_TEXT_MODEL } from "../shipped.ts";
import { CATALOGUE_VIEWS, QUERY_VIEWS } from "../views.ts";
import { createTritonControl } from "./control.ts";
import { createTritonImageEncoder } from "./image-encoder.ts";
import { NO_TRITON, openTriton } from "./testing/fixture.ts";
import { createTritonTextEncoder } from "./text-encoder.ts";

/** Another model of the repository, which no encoder of the engine's needs. */
const VIEWS_MODEL = "picture-views-224";

describe.skipIf(NO_TRITON !== "")(`real Triton${NO_TRITON}`, () => {
  let triton: Awaited<ReturnType<typeof openTriton>>;
  beforeAll(async () => {
    triton = await openTriton();
  }, 180_000);
  afterAll(() => triton.stop());

  const openImage = (options: { capacity?: number } = {}) =>
    createTritonImageEncoder({
      server: triton.connect(),
      model: SHIPPED_IMAGE_MODEL,
      weights: WEIGHTS,
      folder: triton.data,
      ...options,
    });
  const openText = (options: { capacity?: number } = {}) =>
    createTritonTextEncoder({
      server: triton.connect(),
      model: SHIPPED_TEXT_MODEL,
      weights: WEIGHTS,
      folder: triton.data,
      ...options,
    });

  describeImageEncoder("triton", openImage);
  describeTextEncoder("triton", openText);

  describe("against the embedded encoders", () => {
    let images: { embedded: ImageEncoder; triton: ImageEncoder };
    let texts: { embedded: TextEncoder; triton: TextEncoder };
    beforeAll(async () => {
      images = { embedded: await createOnnxImageEncoder({ weights: WEIGHTS }), triton: await openImage() };
      texts = { embedded: await createOnnxTextEncoder({ weights: WEIGHTS }), triton: await openText() };
    });
    afterAll(async () => {
      for (const encoder of [images.embedded, images.triton, texts.embedded, texts.triton]) await encoder.close();
    });

    test("all the views of all the sample's pictures have the same vectors and classes, under the same fingerprint", async () => {
      expect(images.triton.fingerprint).toBe(images.embedded.fingerprint);
      const names = [...new Set([...CATALOGUE_VIEWS, ...QUERY_VIEWS])];
      let least = 1;
      for (const file of await seedPictures()) {
        const views = await seedViews(file, names);
        const [ours, theirs] = await Promise.all([images.embedded.encode(views), images.triton.encode(views)]);
        for (const [n, { embedding, classes }] of ours.entries()) {
          least = Math.min(least, cosine(embedding, theirs[n]?.embedding));
          expect(theirs[n]?.classes[0]?.name).toBe(classes[0]?.name);
          expect(theirs[n]?.classes[0]?.probability).toBeCloseTo(classes[0]?.probability ?? Number.NaN, 4);
        }
      }
      console.log(`least cosine of a picture's view, Triton against embedded: ${least}`);
      expect(least).toBeGreaterThanOrEqual(1 - 1e-5);
    });

    test("texts, long and foreign ones too, have the same vectors, under the same fingerprint", async () => {
      expect(texts.triton.fingerprint).toBe(texts.embedded.fingerprint);
      const products = (await readFile(join(import.meta.dirname, "../../../seed/products.csv"), "utf8")).split("\n");
      const all = [...TEXTS, ...products];
      const [ours, theirs] = await Promise.all([texts.embedded.encode(all), texts.triton.encode(all)]);
      const least = Math.min(...ours.map((vector, n) => cosine(vector, theirs[n])));
      console.log(`least cosine of ${all.length} texts, Triton against embedded: ${least}`);
      expect(least).toBeGreaterThanOrEqual(1 - 1e-5);
    });
  });

  describe("its server", () => {
    const statistics = async () => {
      const models = await createTritonControl(triton.connect()).models();
      const model = models.find(({ name }) => name === SHIPPED_IMAGE_MODEL);
      const { inferences, executions, cacheHits } = model ?? {};
      if (inferences == null || executions == null || cacheHits == null) throw new Error("nothing was counted");
      return { inferences, executions, cacheHits };
    };

    test("gathers the requests of many callers into fewer executions", async () => {
      const encoder = await openImage();
      await encoder.warmUp();
      const views = (
        await Promise.all((await seedPictures()).slice(0, 48).map((file) => seedViews(file, ["letterbox"])))
      ).flat();
      const before = await statistics();
      await Promise.all(views.map((view) => encoder.encode([view])));
      const after = await statistics();
      const executions = after.executions - before.executions;
      console.log(`${views.length} callers, ${executions} executions`);
      expect(after.inferences - before.inferences).toBe(views.length);
      expect(executions).toBeLessThan(views.length / 2);
      await encoder.close();
    });

    test("gathers what clients that batch nothing themselves send", async () => {
      const encoders = await Promise.all(Array.from({ length: 16 }, () => openImage()));
      await Promise.all(encoders.map((encoder) => encoder.warmUp()));
      const pictures = (await seedPictures()).slice(0, 16);
      const views = (await Promise.all(pictures.map((file) => seedViews(file, ["small"])))).flat();
      const before = await statistics();
      await Promise.all(encoders.map((encoder, n) => encoder.encode(views.slice(n, n + 1))));
      const after = await statistics();
      expect(after.inferences - before.inferences).toBe(16);
      expect(after.executions - before.executions).toBeLessThan(16);
      await Promise.all(encoders.map((encoder) => encoder.close()));
    });

    test("answers a repeated picture out of its cache, and never the question whether it is alive", async () => {
      const encoder = await openImage();
      const views = await seedViews("images/laptop.jpg", ["centre-875"]);
      const [first] = await encoder.encode(views);
      const before = await statistics();
      const [second] = await encoder.encode(views);
      const after = await statistics();
      expect(second?.embedding).toEqual(first?.embedding);
      expect(after.cacheHits - before.cacheHits).toBe(1);
      expect(after.inferences - before.inferences).toBe(0);
      expect((await encoder.health()).state).toBe("ready");
      expect((await statistics()).cacheHits).toBe(after.cacheHits);
      await encoder.close();
    });

    test("health names the server's version, its latency and where it is", async () => {
      const encoder = await openImage();
      await encoder.encode(await seedViews("images/laptop.jpg"));
      const health = await encoder.health();
      expect(health).toMatchObject({
        state: "ready",
        remote: { name: "Triton", address: triton.url, version: "2.51.0", breaker: "closed", failures: 0 },
      });
      expect(health.remote?.latencyMs).toBeGreaterThan(0);
      await encoder.close();
    });

    test("a caller that gives up leaves its connections to the others", async () => {
      const encoder = await openImage();
      const view = await seedViews("images/tent.jpg");
      for (let n = 0; n < 20; n++) {
        const gone = new AbortController();
        const call = encoder.encode(view, { signal: gone.signal });
        setTimeout(() => gone.abort(), n % 5);
        await call.catch((error: unknown) => expect(error).toMatchObject({ code: "CANCELLED" }));
      }
      expect(await encoder.encode(view)).toHaveLength(1);
      expect((await encoder.health()).remote).toMatchObject({ breaker: "closed", failures: 0, inFlight: 0 });
      await encoder.close();
    });
  });

  describe("control of its models", () => {
    test("lists, loads and unloads them, and tells how they do", async () => {
      const control = createTritonControl(triton.connect());
      const state = async () => (await control.models()).find(({ name }) => name === VIEWS_MODEL)?.state;
      expect((await control.models()).map(({ name }) => name).sort()).toEqual([
        SHIPPED_TEXT_MODEL,
        `${SHIPPED_TEXT_MODEL}-text`,
        `${SHIPPED_TEXT_MODEL}-tokens`,
        SHIPPED_IMAGE_MODEL,
        `${SHIPPED_IMAGE_MODEL}-picture`,
        VIEWS_MODEL,
      ]);
      expect(await state()).not.toBe("READY");
      await control.load(VIEWS_MODEL);
      expect(await state()).toBe("READY");
      const loaded = (await control.models()).find(({ name }) => name === VIEWS_MODEL);
      // Its warm-up has run.
      expect(loaded).toMatchObject({ version: "1", inferences: 2, executions: 2, cacheHits: 0, reason: "" });
      expect(loaded?.averageMs).toBeGreaterThan(0);
      await control.unload(VIEWS_MODEL);
      await expect.poll(state, { timeout: 20_000 }).toBe("UNAVAILABLE");
      await expect(control.load("nobody")).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
      await expect(control.load("nobody")).rejects.toThrow(/could not|failed to load 'nobody'/);
    });
  });
});
