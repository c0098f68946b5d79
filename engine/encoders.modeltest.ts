import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportMissing, runModels } from "../scripts/servers/exported.mjs";
import { layOutModels, prepareTriton, startTriton } from "../scripts/servers/triton.mjs";
import { loadConfig } from "./config/load.ts";
import { cosine, seedViews, WEIGHTS } from "./encode/contract.ts";
import { findModelFile } from "./encode/models-folder.ts";
import { createExportedImageEncoder, createOnnxImageEncoder } from "./encode/onnx/image-encoder.ts";
import { createTritonImageEncoder } from "./encode/triton/image-encoder.ts";
import { connectTriton } from "./encode/triton/server.ts";
import { createEngine, type Engine } from "./engine.ts";

/** The shipped encoder in other precisions, made by NVIDIA's quantiser, chosen inside the app: real weights throughout. */

const SEED = join(import.meta.dirname, "..", "seed");
const PRODUCTS = 54;
const FP32 = "efficientnet-lite0";
const INT8 = "efficientnet-lite0.int8-max";
/** As the model repository names it. */
const SERVED = "efficientnet-lite0-int8-max";
const set = process.env.SHELFMATCH_EVALUATION_SET;
const missing = exportMissing() ?? (set === undefined ? "run `npm run test:models`" : null);
const { install, missing: noTriton } = prepareTriton();

describe.skipIf(missing !== null)(`in other precisions${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let folder: string;
  let models: string;
  let engine: Engine | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-precisions-"));
    models = join(folder, "data", "models");
    runModels("shelfmatch_triton", ["export", "--model", FP32, "--weights", "shipped", "--target", models]);
    const files = ["--graph", join(models, `${FP32}.onnx`), "--target", join(models, `${INT8}.onnx`)];
    runModels("shelfmatch_triton", ["quantise", ...files, "--precision", "int8", "--set", set ?? ""]);
  }, 600_000);
  afterAll(async () => {
    await engine?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("each says what it is: precision and fingerprint of its own, vectors near the shipped one's", async () => {
    const views = await seedViews("images/laptop.jpg", ["whole", "letterbox"]);
    const shipped = await createOnnxImageEncoder({ weights: WEIGHTS, workers: 1 });
    const [wanted] = await shipped.encode(views);
    const least = { [FP32]: 0.9999, [INT8]: 0.95 };
    for (const [name, cosineAtLeast] of Object.entries(least)) {
      const model = await findModelFile(models, name);
      const encoder = await createExportedImageEncoder(model, { weights: WEIGHTS, workers: 1 });
      const [encoding] = await encoder.encode(views);
      expect(encoder.fingerprint).toMatch(new RegExp(`^efficientnet-lite0-${model.precision}-1280-`));
      expect(cosine(encoding?.embedding, wanted?.embedding)).toBeGreaterThan(cosineAtLeast);
      expect(encoding?.classes[0]?.name).toBe(wanted?.classes[0]?.name);
      await encoder.close();
    }
    await shipped.close();
  });

  test("INT8 in the place of the shipped one: searched by it when all is embedded, and a photo finds its product", async () => {
    const open = async () => {
      const config = await loadConfig({ dataFolder: join(folder, "data") });
      return createEngine({ dataFolder: join(folder, "data"), config, onNotice: () => {} });
    };
    const first = await open();
    const { importId } = await first.services.importer.start({ kind: "path", path: join(SEED, "products.csv") });
    for await (const { state } of first.services.importer.watch(importId)) if (state === "failed") expect.fail();
    await first.services.indexer.settled();
    await first.close();
    const config = await loadConfig({ dataFolder: join(folder, "data") });
    await config.update({ "encoder.imageModel": INT8 });
    engine = await open();
    const picture = {
      name: "basketball-blurred.jpg",
      bytes: new Uint8Array(await readFile(join(SEED, "queries", "basketball-blurred.jpg"))),
    };
    const seen = new Set<string>();
    for (const end = Date.now() + 120_000; Date.now() < end && seen.size < 2; await sleep(50)) {
      for await (const { stage, fingerprint, matches } of engine.services.matcher.match({ picture })) {
        if (stage !== "refined") continue;
        expect(matches[0]?.sku).toBe("basketball");
        seen.add(fingerprint.replace(/-[0-9a-f]{8}$/, ""));
      }
    }
    expect([...seen]).toEqual(["efficientnet-lite0-fp16w-1280", "efficientnet-lite0-int8-max-1280"]);
    const counts = await (await engine.parts.collection()).count();
    expect(counts).toEqual({ image: 4 * PRODUCTS, text: PRODUCTS });
  }, 240_000);

  test.skipIf(noTriton !== null)(
    "on Triton the same graph has the same vectors, under the same fingerprint",
    async () => {
      if (install === null) return;
      const repository = join(folder, "repository");
      layOutModels(repository, ["--graphs", models, "--instances", "1"]);
      const triton = await startTriton(install, { repository, models: [SERVED] });
      const { current } = await loadConfig({ dataFolder: folder, env: { SHELFMATCH_TRITON_URL: triton.url } });
      const server = connectTriton(current.triton);
      try {
        const theirs = await createTritonImageEncoder({ server, model: SERVED, weights: WEIGHTS, folder });
        const file = await findModelFile(models, INT8);
        const ours = await createExportedImageEncoder(file, { weights: WEIGHTS, workers: 1 });
        expect(theirs.fingerprint).toBe(ours.fingerprint);
        const views = await seedViews("images/tent.jpg", ["whole", "small"]);
        const [here, there] = [await ours.encode(views), await theirs.encode(views)];
        // Two releases of ONNX Runtime round 8 bits in their own ways.
        for (const [n, { embedding }] of here.entries()) {
          expect(cosine(embedding, there[n]?.embedding)).toBeGreaterThan(0.995);
        }
        await ours.close();
        await theirs.close();
      } finally {
        await server.close();
        await triton.stop();
      }
    },
    120_000,
  );
});
