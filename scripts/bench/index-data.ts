import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { createEncodingCache } from "../../engine/encode/cache.ts";
import { createOnnxImageEncoder } from "../../engine/encode/onnx/image-encoder.ts";
import { createViewEncoder, type ViewEncoder } from "../../engine/encode/view-encoder.ts";
import { CATALOGUE_VIEWS } from "../../engine/encode/views.ts";
import { seededRandom } from "../../engine/evaluate/metrics.ts";
import { makeQuery, TRANSFORMATIONS } from "../../engine/evaluate/transformations.ts";
import { createQueryEncoder, type QueryEncoder } from "../../engine/match/query-encoder.ts";
import { decodePicture } from "../../engine/picture/decode.ts";

/**
 * Vectors for the index benchmark that lie where embeddings lie. Random ones don't: in 1280 dimensions they are all
 * equally far apart, and every index looks bad on them. Parts of the sample's photographs are embedded, in the views that
 * a catalogue gets and as the photo that a query is, averaged as the app does; a product mixes two of them and keeps the real differences between
 * the views of the first, its query the real difference between that picture and its photo.
 */

const ROOT = join(import.meta.dirname, "..", "..");
export const CACHE = join(ROOT, ".cache", "bench");
const WEIGHTS = join(ROOT, "triton", "weights");
const PARTS_A_PHOTO = 20;
const AT_ONCE = 8;

export interface RealEmbeddings {
  fingerprint: string;
  dimensions: number;
  /** Pictures that were embedded. */
  count: number;
  /** float32 [count, views + 1, dimensions]: the catalogue's views, then the query. */
  values: Float32Array;
}

export const VIEWS = CATALOGUE_VIEWS.length;
const SLOTS = VIEWS + 1;

/** A part of a photo, of a third to all of its sides, half of them mirrored: enough of another picture to the encoder. */
async function cutPart(photo: Buffer, random: () => number): Promise<Buffer> {
  const { width, height } = await sharp(photo).metadata();
  const share = 0.35 + 0.65 * random();
  const part = { width: Math.floor(width * share), height: Math.floor(height * share) };
  const image = sharp(photo).extract({
    ...part,
    left: Math.floor(random() * (width - part.width)),
    top: Math.floor(random() * (height - part.height)),
  });
  return (random() < 0.5 ? image.flop() : image).jpeg({ quality: 90 }).toBuffer();
}

async function embedPart(
  part: Buffer,
  encoder: ViewEncoder,
  queryEncoder: QueryEncoder,
  seed: number,
): Promise<Float32Array[]> {
  const transformation = TRANSFORMATIONS[seed % TRANSFORMATIONS.length] ?? "crop";
  const photo = await makeQuery(part, transformation, seededRandom(seed));
  const [picture, query] = await Promise.all([
    decodePicture(part, { name: "part" }),
    decodePicture(photo, { name: "query" }),
  ]);
  const views = await encoder.encode(picture, CATALOGUE_VIEWS);
  const { vectors } = await queryEncoder.encode(query, false);
  return [...views, ...vectors].map(({ embedding }) => embedding);
}

/** Embeds the parts of the sample's photographs; kept under `.cache/bench` for the next run. */
export async function realEmbeddings(): Promise<RealEmbeddings> {
  const imageEncoder = await createOnnxImageEncoder({ weights: WEIGHTS, workers: availableParallelism() });
  try {
    const { fingerprint, dimensions } = imageEncoder;
    const folder = join(ROOT, "seed", "images");
    const photos = (await readdir(folder)).sort();
    const count = photos.length * PARTS_A_PHOTO;
    const file = join(CACHE, `embeddings-${fingerprint}-${count}x${SLOTS}.f32`);
    const cached = await readFile(file).catch(() => null);
    if (cached?.byteLength === count * SLOTS * dimensions * 4) {
      return { fingerprint, dimensions, count, values: new Float32Array(new Uint8Array(cached).buffer) };
    }

    console.error(`Embedding ${count} parts of the sample's photographs (once)`);
    const encoder = createViewEncoder(imageEncoder, createEncodingCache(1));
    const queryEncoder = createQueryEncoder(encoder);
    const values = new Float32Array(count * SLOTS * dimensions);
    for (let from = 0; from < count; from += AT_ONCE) {
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, count - from) }, async (_, n) => {
          const photo = await readFile(join(folder, photos[(from + n) % photos.length] ?? ""));
          const embedded = await embedPart(
            await cutPart(photo, seededRandom(from + n)),
            encoder,
            queryEncoder,
            from + n,
          );
          embedded.forEach((vector, slot) => {
            values.set(vector, ((from + n) * SLOTS + slot) * dimensions);
          });
        }),
      );
    }
    await mkdir(CACHE, { recursive: true });
    await writeFile(`${file}.new`, new Uint8Array(values.buffer));
    await rename(`${file}.new`, file);
    return { fingerprint, dimensions, count, values };
  } finally {
    await imageEncoder.close();
  }
}

/**
 * @param product number of the product; the same number always gives the same vectors
 * @param slot view of the product, or `VIEWS` for its query
 * @param into float32 [dimensions], overwritten; L2-normalised
 */
export function writeVector(
  { values, count, dimensions }: RealEmbeddings,
  product: number,
  slot: number,
  into: Float32Array,
) {
  const random = seededRandom(product);
  const first = product % count;
  const second = Math.floor(random() * count);
  // As many products as there are pictures are the pictures themselves.
  const share = product < count ? 1 : 0.5 + 0.5 * random();
  const start = (picture: number, of: number) => (picture * SLOTS + of) * dimensions;
  const [a, b, seen] = [start(first, 0), start(second, 0), start(first, slot)];
  let squares = 0;
  for (let i = 0; i < dimensions; i++) {
    const plain = values[a + i] ?? 0;
    const mixed = share * plain + (1 - share) * (values[b + i] ?? 0) + (values[seen + i] ?? 0) - plain;
    // The encoder ends in a rectifier: no embedding has a negative value.
    const value = Math.max(mixed, 0);
    into[i] = value;
    squares += value * value;
  }
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < dimensions; i++) into[i] = (into[i] ?? 0) * scale;
}
