import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cosine, seedPictures, TEXTS, WEIGHTS } from "../contract.ts";
import { createOnnxTextEncoder } from "../onnx/text-encoder.ts";
import { SHIPPED_IMAGE_MODEL, SHIPPED_TEXT_MODEL } from "../shipped.ts";
import { decodeReply, encodeRequest, type Tensor } from "./codec.ts";
import { createTritonControl } from "./control.ts";
import { NO_TRITON, openTriton } from "./testing/fixture.ts";

const PICTURES = `${SHIPPED_IMAGE_MODEL}-picture`;
const WORDS = `${SHIPPED_TEXT_MODEL}-text`;
const SIDE = 224;
const SEED = join(import.meta.dirname, "../../../seed/images");

type Rows = Float32Array[];

/** The ensembles that are laid out around the encoders: what a caller without views and tokens posts. */
describe.skipIf(NO_TRITON !== "")(`ensembles of a real Triton${NO_TRITON}`, () => {
  let triton: Awaited<ReturnType<typeof openTriton>>;
  let tennisBall: Buffer;
  beforeAll(async () => {
    triton = await openTriton();
    const control = createTritonControl(triton.connect());
    // Each brings its steps along.
    await control.load(PICTURES);
    await control.load(WORDS);
    tennisBall = await readFile(join(SEED, "tennis-ball.jpg"));
  }, 180_000);
  afterAll(() => triton.stop());

  const post = (model: string, headers: Record<string, string>, body: Uint8Array | string) =>
    fetch(`${triton.url}/v2/models/${model}/infer`, {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : Uint8Array.from(body),
    });
  const postBare = (file: Uint8Array) => post(PICTURES, { "inference-header-content-length": "0" }, file);
  const postBytes = (model: string, name: string, elements: readonly Uint8Array[]) => {
    const data = Buffer.concat(elements.flatMap((element) => [lengthOf(element), element]));
    const tensor = {
      name,
      datatype: "BYTES",
      shape: [elements.length, 1],
      parameters: { binary_data_size: data.length },
    };
    const header = Buffer.from(JSON.stringify({ inputs: [tensor], parameters: { binary_data_output: true } }));
    return post(model, { "inference-header-content-length": `${header.length}` }, Buffer.concat([header, data]));
  };
  const lengthOf = (element: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(element.length);
    return length;
  };

  async function outputsOf(reply: Response) {
    const body = new Uint8Array(await reply.arrayBuffer());
    if (reply.status !== 200) throw new Error(`${reply.status}: ${Buffer.from(body).toString()}`);
    return decodeReply(body, reply.headers.get("inference-header-content-length") ?? undefined).outputs;
  }
  async function embeddingsOf(reply: Response): Promise<Rows> {
    const embedding = (await outputsOf(reply)).get("embedding");
    if (embedding === undefined) throw new Error("an answer without an embedding");
    const { data, shape } = embedding;
    const [count = 0, width = 0] = shape;
    return Array.from({ length: count }, (_, n) => (data as Float32Array).subarray(n * width, (n + 1) * width));
  }
  async function refusalOf(reply: Response): Promise<string> {
    expect(reply.status).toBe(400);
    return ((await reply.json()) as { error: string }).error;
  }
  /** What the encoder itself makes of tensors. */
  async function encoded(model: string, inputs: readonly Tensor[]): Promise<Rows> {
    const { headerLength, body } = encodeRequest(inputs);
    return embeddingsOf(await post(model, { "inference-header-content-length": `${headerLength}` }, body));
  }
  const encodedViews = (views: readonly Uint8Array[]) =>
    encoded(SHIPPED_IMAGE_MODEL, [
      { name: "views", datatype: "UINT8", shape: [views.length, SIDE, SIDE, 3], data: views },
    ]);
  /** Pictures at the encoder's side, of which nothing is lost on the way: what arrives are these very views. */
  async function viewsOf(count: number): Promise<Uint8Array[]> {
    const names = await seedPictures();
    return Promise.all(
      names.slice(0, count).map((name) =>
        sharp(join(SEED, "..", name))
          .removeAlpha()
          .resize(SIDE, SIDE, { fit: "fill" })
          .raw()
          .toBuffer(),
      ),
    );
  }
  const raw = (view: Uint8Array) => sharp(view, { raw: { width: SIDE, height: SIDE, channels: 3 } });
  const expectNear = (found: Rows, wanted: Rows) => {
    expect(found.length).toBe(wanted.length);
    for (const [n, row] of found.entries()) expect(cosine(row, wanted[n])).toBeGreaterThan(0.999999);
  };

  describe("from picture files", () => {
    test("gives what the encoder gives for the same views: PNG, WebP, and what was taken sideways", async () => {
      const [view] = (await viewsOf(1)) as [Uint8Array];
      const wanted = await encodedViews([view]);
      const upright = raw(view);
      const files = [
        await upright.clone().png().toBuffer(),
        await upright.clone().webp({ lossless: true }).toBuffer(),
        await upright.clone().ensureAlpha().png().toBuffer(),
        // Turned, with the tag that turns it back: 8 is shown turned by a quarter to the left.
        await upright.clone().rotate(90).withMetadata({ orientation: 8 }).webp({ lossless: true }).toBuffer(),
        await upright.clone().rotate(180).withMetadata({ orientation: 3 }).png().toBuffer(),
      ];
      for (const file of files) expectNear(await embeddingsOf(await postBare(file)), wanted);
      const sideways = await upright.clone().rotate(90).png().toBuffer();
      const [turned] = await embeddingsOf(await postBare(sideways));
      expect(cosine(turned, wanted[0])).toBeLessThan(0.99);
    });

    test("knows a photograph, which a phone may have taken sideways", async () => {
      const names = JSON.parse(await readFile(join(WEIGHTS, "imagenet-classes.json"), "utf8")) as string[];
      const turned = await sharp(tennisBall)
        .rotate(90)
        .withMetadata({ orientation: 8 })
        .jpeg({ quality: 95 })
        .toBuffer();
      const rows: (Float32Array | undefined)[] = [];
      for (const file of [tennisBall, turned]) {
        const outputs = await outputsOf(await postBare(file));
        expect(names[Number(outputs.get("class_index")?.data[0])]).toBe("tennis ball");
        rows.push(outputs.get("embedding")?.data as Float32Array);
      }
      expect(cosine(rows[0], rows[1])).toBeGreaterThan(0.99);
    });

    test("takes eight at once, in order", async () => {
      const views = await viewsOf(8);
      const files = await Promise.all(views.map((view) => raw(view).png().toBuffer()));
      expectNear(await embeddingsOf(await postBytes(PICTURES, "picture", files)), await encodedViews(views));
    });

    test("gathers the pictures of many callers into batches, and gives each its own", async () => {
      const views = await viewsOf(24);
      const files = await Promise.all(views.map((view) => raw(view).png({ compressionLevel: 1 }).toBuffer()));
      const wanted = (await Promise.all(views.map((view) => encodedViews([view])))).flat();
      const before = await countsOf(SHIPPED_IMAGE_MODEL);
      const found = await Promise.all(files.map(async (file) => embeddingsOf(await postBare(file))));
      expectNear(found.flat(), wanted);
      const after = await countsOf(SHIPPED_IMAGE_MODEL);
      expect(after.inferences - before.inferences).toBe(files.length);
      expect(after.executions - before.executions).toBeLessThan(files.length);
    });

    async function countsOf(model: string) {
      const reply = await fetch(`${triton.url}/v2/models/${model}/stats`);
      const { model_stats: stats } = (await reply.json()) as {
        model_stats: { inference_count: number; execution_count: number }[];
      };
      return { inferences: stats[0]?.inference_count ?? 0, executions: stats[0]?.execution_count ?? 0 };
    }

    test("says what is wrong with a file, each time, and goes on", async () => {
      const vast = pngHead(20_000, 20_000);
      const refused: [Uint8Array, string][] = [
        [tennisBall.subarray(0, tennisBall.length >> 1), "picture 1 of 1 is damaged or cut short"],
        [Buffer.from("no picture"), "picture 1 of 1 could not be read as JPEG, PNG, WEBP"],
        [await sharp(tennisBall).resize(32).gif().toBuffer(), "could not be read as JPEG, PNG, WEBP"],
        [vast, "picture 1 of 1 has 20000 x 20000 pixels, more than 100000000; make it smaller"],
      ];
      for (const [file, words] of [...refused, ...refused]) {
        expect(await refusalOf(await postBare(file))).toContain(words);
      }
      expect((await postBare(tennisBall)).status).toBe(200);
    });

    test("a file that can't be read fails its own request alone", async () => {
      const cut = tennisBall.subarray(0, 2000);
      expect(await refusalOf(await postBytes(PICTURES, "picture", [tennisBall, cut, new Uint8Array()]))).toContain(
        "picture 2 of 3 is damaged",
      );
      expect(await refusalOf(await postBytes(PICTURES, "picture", [new Uint8Array()]))).toContain("1 of 1 is empty");
      const replies = await Promise.all(Array.from({ length: 12 }, (_, n) => postBare(n % 3 === 1 ? cut : tennisBall)));
      expect(replies.map(({ status }) => status)).toEqual(
        Array.from({ length: 12 }, (_, n) => (n % 3 === 1 ? 400 : 200)),
      );
      await Promise.all(replies.map((reply) => reply.arrayBuffer()));
    });

    test("has a fingerprint of its own: its pixels are not the engine's", async () => {
      const fingerprintOf = async (model: string) => {
        const reply = await fetch(`${triton.url}/v2/models/${model}/config`);
        const config = (await reply.json()) as { parameters: Record<string, { string_value: string }> };
        return config.parameters.fingerprint?.string_value;
      };
      for (const [ensemble, encoder] of [
        [PICTURES, SHIPPED_IMAGE_MODEL],
        [WORDS, SHIPPED_TEXT_MODEL],
      ] as const) {
        expect(await fingerprintOf(ensemble)).toMatch(new RegExp(`^${encoder}-\\w+-\\d+-[0-9a-f]{8}$`));
        expect(await fingerprintOf(ensemble)).not.toBe(await fingerprintOf(encoder));
      }
    });
  });

  describe("from texts", () => {
    const texts = [...TEXTS, "Größe 42 – “grün”, 緑のテニスボール 🎾", "", "word ".repeat(2000)];
    const asBytes = texts.map((text) => Buffer.from(text));

    test("gives what the engine gives, one at a time and all at once", async () => {
      const engine = await createOnnxTextEncoder({ weights: WEIGHTS });
      try {
        const wanted = await engine.encode(texts);
        const single = [];
        for (const text of asBytes) single.push(...(await embeddingsOf(await postBytes(WORDS, "text", [text]))));
        expectNear(single, wanted);
        const most = 16;
        const together = await embeddingsOf(await postBytes(WORDS, "text", asBytes.slice(-most)));
        expectNear(together, wanted.slice(-most));
        const atOnce = await Promise.all(
          asBytes.map(async (text) => embeddingsOf(await postBytes(WORDS, "text", [text]))),
        );
        expectNear(atOnce.flat(), wanted);
      } finally {
        await engine.close();
      }
    }, 120_000);

    test("says what is wrong with one", async () => {
      const words = Buffer.from("a mug");
      expect(await refusalOf(await postBytes(WORDS, "text", [words, Uint8Array.of(0xff)]))).toContain(
        "text 2 of 2 is not UTF-8",
      );
      expect(await refusalOf(await postBytes(WORDS, "text", [Buffer.alloc(2_000_000, "a")]))).toContain(
        "text 1 of 1 has 2000000 bytes, more than 1048576; shorten it",
      );
      expect(await embeddingsOf(await postBytes(WORDS, "text", [words]))).toHaveLength(1);
    });
  });
});

/** A PNG that says it is so large, and has next to nothing in it. */
function pngHead(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (name: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(99))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
