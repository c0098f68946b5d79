import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layOutModels } from "../../../scripts/servers/triton.mjs";
import { cosine, seedViews, TEXTS, WEIGHTS } from "../contract.ts";
import { createOnnxTextEncoder } from "../onnx/text-encoder.ts";
import { SHIPPED_IMAGE_MODEL, SHIPPED_TEXT_MODEL } from "../shipped.ts";
import { decodeReply } from "./codec.ts";
import { createTritonControl } from "./control.ts";
import { createTritonImageEncoder } from "./image-encoder.ts";
import { NO_OWN_TRITON, type OwnTritonFixture, startOwnTriton } from "./testing/fixture.ts";

/** Graphs as `export` writes them, laid out in their precision, beside the shipped models of the same networks. */
describe.skipIf(NO_OWN_TRITON !== "")(`exported graphs on a real Triton${NO_OWN_TRITON}`, () => {
  let triton: OwnTritonFixture;
  let folder: string;
  beforeAll(async () => {
    triton = await startOwnTriton([SHIPPED_IMAGE_MODEL]);
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-graphs-"));
    const [whole, graphs] = [join(folder, "whole"), join(folder, "graphs")];
    await mkdir(graphs);
    // For ONNX Runtime's backend the shipped networks become graphs with all around them: what `export` makes, too.
    layOutModels(whole, ["--backend", "onnxruntime"]);
    for (const model of [SHIPPED_IMAGE_MODEL, SHIPPED_TEXT_MODEL])
      await copyFile(join(whole, model, "1", "model.onnx"), join(graphs, `${model}.onnx`));
    layOutModels(triton.repository, ["--graphs", graphs, "--instances", "1"]);
  }, 180_000);
  afterAll(async () => {
    await triton.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("an image encoder gives the shipped one's vectors, under a fingerprint of its own", async () => {
    const open = (model: string) =>
      createTritonImageEncoder({ server: triton.connect(), model, weights: WEIGHTS, folder: triton.data });
    const [exported, shipped] = await Promise.all([open(`${SHIPPED_IMAGE_MODEL}-fp32`), open(SHIPPED_IMAGE_MODEL)]);
    const views = (await Promise.all(["laptop", "tennis-ball"].map((name) => seedViews(`images/${name}.jpg`)))).flat();
    const [found, wanted] = [await exported.encode(views), await shipped.encode(views)];
    for (const [n, { embedding }] of found.entries())
      expect(cosine(embedding, wanted[n]?.embedding)).toBeGreaterThan(0.99999);
    expect(exported.fingerprint).toMatch(/^efficientnet-lite0-fp32-1280-/);
    await Promise.all([exported.close(), shipped.close()]);
  });

  test("the ensembles around them take a picture file, and texts of several lengths", async () => {
    const control = createTritonControl(triton.connect());
    const infer = async (model: string, headers: Record<string, string>, body: Uint8Array | string) => {
      await control.load(model);
      const url = `${triton.url}/v2/models/${model}/infer`;
      const sent = typeof body === "string" ? body : Uint8Array.from(body);
      const reply = await fetch(url, { method: "POST", headers, body: sent });
      const answer = new Uint8Array(await reply.arrayBuffer());
      if (reply.status !== 200) throw new Error(Buffer.from(answer).toString());
      return decodeReply(answer, reply.headers.get("inference-header-content-length") ?? undefined).outputs;
    };
    const [view = new Uint8Array()] = await seedViews("images/laptop.jpg");
    const png = await sharp(view, { raw: { width: 224, height: 224, channels: 3 } })
      .png()
      .toBuffer();
    const shipped = await createTritonImageEncoder({
      server: triton.connect(),
      model: SHIPPED_IMAGE_MODEL,
      weights: WEIGHTS,
      folder: triton.data,
    });
    const pictures = await infer(
      `${SHIPPED_IMAGE_MODEL}-fp32-picture`,
      { "inference-header-content-length": "0" },
      png,
    );
    const [wanted] = await shipped.encode([view]);
    expect(cosine(pictures.get("embedding")?.data as Float32Array, wanted?.embedding)).toBeGreaterThan(0.99999);
    await shipped.close();

    const texts = TEXTS.slice(0, 6);
    const input = { name: "text", shape: [texts.length, 1], datatype: "BYTES", data: texts };
    const body = JSON.stringify({ inputs: [input], parameters: { binary_data_output: true } });
    const rows = (await infer(`${SHIPPED_TEXT_MODEL}-fp32-text`, {}, body)).get("embedding");
    const engine = await createOnnxTextEncoder({ weights: WEIGHTS });
    const vectors = await engine.encode(texts);
    await engine.close();
    if (rows === undefined) throw new Error("an answer without an embedding");
    const width = rows.shape[1] ?? 0;
    for (const [n, vector] of vectors.entries()) {
      const row = (rows.data as Float32Array).slice(n * width, (n + 1) * width);
      expect(cosine(row, vector)).toBeGreaterThan(0.99999);
    }
  });
});
