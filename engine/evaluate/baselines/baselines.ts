import sharp from "sharp";
import type { Product } from "../../../shared/contract/domain.ts";
import type { Catalog } from "../../catalog/port.ts";
import type { ViewEncoder } from "../../encode/view-encoder.ts";
import { WORKING_SIDE } from "../../encode/views.ts";
import type { DecodedPicture } from "../../picture/decode.ts";
import { lookAt } from "../../picture/look.ts";
import type { Baseline } from "../systems.ts";
import type { BaselineIndex, CataloguePicture } from "./baseline.ts";
import { hashSimilarity, pHash } from "./phash.ts";

interface BaselineParts {
  catalog: Catalog;
  /** Of the one or two encoders that are compared. */
  viewEncoders: readonly ViewEncoder[];
}

/** Pictures that are encoded once more for the sake of a comparison; with more, minutes would go into it alone. */
const MOST_PICTURES = 5_000;

export interface Baselines {
  pictures: CataloguePicture[];
  indexes: { id: Baseline; index: BaselineIndex }[];
  note: string | null;
}

export const NO_BASELINES: Baselines = { pictures: [], indexes: [], note: null };

/** The image encoder as it comes: one view a picture, nothing pooled, nothing verified. */
async function plain(
  { catalog, viewEncoder }: { catalog: Catalog; viewEncoder: ViewEncoder },
  pictures: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<BaselineIndex> {
  const embed = async (picture: DecodedPicture, abort: AbortSignal) => {
    const [encoding] = await viewEncoder.encode(picture, ["whole"], { priority: "bulk", signal: abort });
    if (encoding === undefined) throw new Error("the encoder gave nothing for a picture");
    return encoding.embedding;
  };
  const vectors: Float32Array[] = [];
  for await (const hash of pictures) {
    const known = viewEncoder.cached(hash, ["whole"])?.[0]?.embedding;
    if (known !== undefined) vectors.push(known);
    else {
      const { bytes } = await catalog.picture(hash, "full");
      vectors.push(await embed(await lookAt(bytes, { name: hash })(WORKING_SIDE), signal));
    }
  }
  return {
    async compare(picture, abort) {
      const query = await embed(picture, abort);
      return Float64Array.from(vectors, (vector) => vector.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0));
    },
  };
}

async function perceptualHash(catalog: Catalog, pictures: AsyncIterable<string>): Promise<BaselineIndex> {
  const hashes: [number, number][] = [];
  for await (const hash of pictures) hashes.push(await pHash(sharp((await catalog.picture(hash, "thumbnail")).bytes)));
  return {
    async compare({ rgb, width, height }) {
      const own = await pHash(sharp(rgb, { raw: { width, height, channels: 3 } }));
      return Float64Array.from(hashes, (hash) => hashSimilarity(hash, own));
    },
  };
}

/**
 * Makes the baselines ready for the whole catalogue.
 * @param breathe awaited before each picture: matches go first
 */
export async function prepareBaselines(
  parts: BaselineParts,
  products: readonly Product[],
  breathe: () => Promise<void>,
  signal: AbortSignal,
): Promise<Baselines> {
  const pictures = products.flatMap(({ sku, pictures: own }) => own.map(({ hash }) => ({ sku, hash })));
  if (pictures.length === 0) return NO_BASELINES;
  if (pictures.length > MOST_PICTURES) {
    const note = `pHash and the plain encoder were left out: they would have to look at ${pictures.length} pictures once more.`;
    return { ...NO_BASELINES, note };
  }
  async function* hashes(): AsyncGenerator<string> {
    for (const { hash } of pictures) {
      await breathe();
      signal.throwIfAborted();
      yield hash;
    }
  }
  const { catalog, viewEncoders } = parts;
  const indexes: Baselines["indexes"] = [];
  for (const [place, viewEncoder] of viewEncoders.entries()) {
    const index = await plain({ catalog, viewEncoder }, hashes(), signal);
    indexes.push({ id: place === 0 ? "plain" : "b.plain", index });
  }
  indexes.push({ id: "phash", index: await perceptualHash(catalog, hashes()) });
  return { pictures, indexes, note: null };
}
