import { readdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EncodeOptions, ImageEncoder, TextEncoder } from "./port.ts";
import { cutViews, type ViewName } from "./views.ts";

/**
 * What every adapter of the encoders does alike; one suite, run against each. It is one long list on purpose: a reader of
 * the port finds every promise of it here. The adapters run the shipped models, so that fingerprints must agree as well.
 */

interface OpenOptions {
  /** Items that may wait a priority before BUSY. */
  capacity?: number;
}

const SEED = join(import.meta.dirname, "..", "..", "seed");
export const WEIGHTS = join(import.meta.dirname, "..", "..", "triton", "weights");

/** Views of a picture of the seed, for example `images/laptop.jpg`. */
export async function seedViews(file: string, views: readonly ViewName[] = ["whole"]): Promise<Uint8Array[]> {
  const { data, info } = await sharp(join(SEED, file)).raw().toBuffer({ resolveWithObject: true });
  return cutViews({ data, width: info.width, height: info.height }, views);
}

/** Every picture of the seed, the photos to try among them, relative to its folder. */
export async function seedPictures(): Promise<string[]> {
  const folders = await Promise.all(
    ["images", "queries"].map(async (folder) => (await readdir(join(SEED, folder))).map((name) => join(folder, name))),
  );
  return folders.flat().filter((name) => /\.(jpe?g|png|webp)$/.test(name));
}

export function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined || a.length !== b.length) return Number.NaN;
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

interface Side<Encoder, Item, Out> {
  open(options: OpenOptions): Promise<Encoder>;
  encode(encoder: Encoder, items: readonly Item[], options?: EncodeOptions): Promise<Out[]>;
  vector(out: Out | undefined): Float32Array | undefined;
  /** Items that differ from each other. */
  items(count: number): Promise<Item[]>;
}

/** What both ports promise. */
function describeEncoder<Encoder extends ImageEncoder | TextEncoder, Item, Out>(side: Side<Encoder, Item, Out>): void {
  const { encode, vector } = side;
  let encoder: Encoder;
  let items: Item[];
  beforeAll(async () => {
    encoder = await side.open({});
    await encoder.warmUp();
    items = await side.items(12);
  });
  afterAll(() => encoder.close());

  test("embeddings are float32 of the stated dimensions and of length 1", async () => {
    const encodings = await encode(encoder, items);
    expect(encodings).toHaveLength(items.length);
    for (const encoding of encodings) {
      expect(vector(encoding)).toBeInstanceOf(Float32Array);
      expect(vector(encoding)).toHaveLength(encoder.dimensions);
      expect(cosine(vector(encoding), vector(encoding))).toBeCloseTo(1, 5);
    }
  });

  test("answers in the order that was asked in, whatever the batches were", async () => {
    const alone = await Promise.all(items.map(async (item) => (await encode(encoder, [item]))[0]));
    const together = await encode(encoder, [...items, ...items]);
    for (const [n, encoding] of together.entries()) {
      const wanted = vector(alone[n % items.length]);
      expect(cosine(vector(encoding), wanted)).toBeGreaterThan(0.99999);
      const other = vector(alone[(n + 1) % items.length]);
      expect(cosine(vector(encoding), other)).toBeLessThan(0.99999);
    }
  });

  test("nothing asked for is nothing answered", async () => {
    expect(await encode(encoder, [])).toEqual([]);
  });

  test("many callers at once each get their own", async () => {
    const wanted = await encode(encoder, items);
    const callers = Array.from({ length: 48 }, async (_, n) => {
      const [encoding] = await encode(encoder, [items[n % items.length] as Item]);
      expect(cosine(vector(encoding), vector(wanted[n % items.length]))).toBeGreaterThan(0.99999);
    });
    await Promise.all(callers);
  });

  test("what a person waits for goes before an import", async () => {
    const order: string[] = [];
    const many = Array.from({ length: 15 }, () => items).flat();
    const bulk = encode(encoder, many, { priority: "bulk" }).then(() => order.push("bulk"));
    const interactive = encode(encoder, items.slice(0, 1)).then(() => order.push("interactive"));
    await Promise.all([bulk, interactive]);
    expect(order).toEqual(["interactive", "bulk"]);
  });

  test("says BUSY when its queue is full, and takes calls again once it is not", async () => {
    const small = await side.open({ capacity: 2 });
    try {
      const many = Array.from({ length: 15 }, () => items).flat();
      const waiting = encode(small, many);
      await expect(encode(small, items.slice(0, 1))).rejects.toMatchObject({ code: "BUSY", retryable: true });
      expect(await waiting).toHaveLength(many.length);
      expect(await encode(small, items.slice(0, 1))).toHaveLength(1);
    } finally {
      await small.close();
    }
  });

  test("gives up what is no longer waited for, and goes on with the rest", async () => {
    const gone = new AbortController();
    const many = Array.from({ length: 15 }, () => items).flat();
    const abandoned = encode(encoder, many, { signal: gone.signal, priority: "bulk" });
    const wanted = encode(encoder, items, { priority: "bulk" });
    gone.abort();
    await expect(abandoned).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await wanted).toHaveLength(items.length);
    await expect(encode(encoder, items, { signal: gone.signal })).rejects.toMatchObject({ code: "CANCELLED" });
  });

  test("is healthy, as an inference shows", async () => {
    expect(await encoder.health()).toMatchObject({ state: "ready" });
  });

  test("closing lets what runs end, refuses the rest, and may be done twice", async () => {
    const another = await side.open({});
    await another.warmUp();
    const many = Array.from({ length: 15 }, () => items).flat();
    const begun = encode(another, items.slice(0, 1));
    const waiting = encode(another, many);
    const refused = expect(waiting).rejects.toMatchObject({ code: "ENGINE_GONE" });
    await another.close();
    expect(await begun).toHaveLength(1);
    await refused;
    await expect(encode(another, items)).rejects.toMatchObject({ code: "ENGINE_GONE" });
    expect(await another.health()).toMatchObject({ state: "down" });
    await another.close();
  });
}

/** @param open opens an encoder of the shipped image model */
export function describeImageEncoder(adapter: string, open: (options: OpenOptions) => Promise<ImageEncoder>): void {
  describe(`image encoder: ${adapter}`, () => {
    describeEncoder({
      open,
      encode: (encoder, views: readonly Uint8Array[], options) => encoder.encode(views, options),
      vector: (encoding) => encoding?.embedding,
      items: async (count) =>
        (await Promise.all((await seedPictures()).slice(0, count).map((file) => seedViews(file)))).flat(),
    });

    describe("of pictures", () => {
      let encoder: ImageEncoder;
      beforeAll(async () => {
        encoder = await open({});
      });
      afterAll(() => encoder.close());
      const encode = async (...files: string[]) =>
        encoder.encode((await Promise.all(files.map((file) => seedViews(file)))).flat());

      test("is the shipped one", () => {
        expect(encoder.fingerprint).toMatch(/^efficientnet-lite0-fp16w-1280-[0-9a-f]{8}$/);
        expect(encoder).toMatchObject({ dimensions: 1280, inputSize: 224 });
      });

      test("a query lies nearest to its own product", async () => {
        const [query, same, other] = await encode(
          "queries/basketball-blurred.jpg",
          "images/basketball.jpg",
          "images/leather-sofa.jpg",
        );
        const toSame = cosine(query?.embedding, same?.embedding);
        expect(toSame).toBeGreaterThan(cosine(query?.embedding, other?.embedding) + 0.2);
      });

      test("classes are named in the order of the classifier", async () => {
        const [ball, sofa] = await encode("images/tennis-ball.jpg", "images/leather-sofa.jpg");
        expect(ball?.classes).toHaveLength(5);
        expect(ball?.classes[0]?.name).toBe("tennis ball");
        expect(ball?.classes[0]?.probability).toBeGreaterThan(0.8);
        expect(sofa?.classes[0]?.name).toBe("studio couch");
        const probabilities = ball?.classes.map(({ probability }) => probability) ?? [];
        expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
      });

      test("a view of the wrong size fails its own call, and the encoder goes on", async () => {
        await expect(encoder.encode([new Uint8Array(3)])).rejects.toThrow("3 bytes");
        expect((await encoder.health()).state).toBe("ready");
      });
    });
  });
}

/** Texts of several kinds, all different. */
export const TEXTS: readonly string[] = [
  "Red leather boots",
  "Boots made of crimson leather.",
  "A laptop with 16 GB of memory.",
  "Wireless Optical Mouse",
  "",
  "word ".repeat(20_000),
  "赤い革のブーツ 👢",
  "Καναπές από δέρμα",
  "Чёрный кожаный диван, 3 места",
  "كرة سلة",
  "\u0000",
  "Größe XL – naïve café 'crème brûlée' №5 ½ ﬁ",
  "a",
  "4006381333931",
  `${"The quick brown fox jumps over the lazy dog. ".repeat(40)}End.`,
  "ＦＵＬＬ ｗｉｄｔｈ",
];

/** @param open opens an encoder of the shipped text model */
export function describeTextEncoder(adapter: string, open: (options: OpenOptions) => Promise<TextEncoder>): void {
  describe(`text encoder: ${adapter}`, () => {
    describeEncoder({
      open,
      encode: (encoder, texts: readonly string[], options) => encoder.encode(texts, options),
      vector: (vector) => vector,
      items: async (count) => Array.from({ length: count }, (_, n) => `Shelf ${n}: ${"box ".repeat(n + 1)}`),
    });

    describe("of texts", () => {
      let encoder: TextEncoder;
      beforeAll(async () => {
        encoder = await open({});
      });
      afterAll(() => encoder.close());

      test("is the shipped one", () => {
        expect(encoder.fingerprint).toMatch(/^all-minilm-l6-v2-int8w-384-[0-9a-f]{8}$/);
        expect(encoder.dimensions).toBe(384);
      });

      test("a sentence lies nearer to its paraphrase than to another subject", async () => {
        const [query, same, other] = await encoder.encode(TEXTS.slice(0, 3));
        expect(cosine(query, same)).toBeGreaterThan(cosine(query, other) + 0.4);
      });

      test("an embedding does not depend on its batch-mates", async () => {
        const text = "Wireless Optical Mouse";
        const [alone] = await encoder.encode([text]);
        const many = await encoder.encode(["a", "a much longer text ".repeat(20), text, "b"]);
        expect(cosine(many[2], alone)).toBeGreaterThan(0.9999999);
      });

      test("takes empty, very long and foreign texts", async () => {
        for (const vector of await encoder.encode(TEXTS)) expect(cosine(vector, vector)).toBeCloseTo(1, 4);
      });
    });
  });
}
