import type { Product } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { ImageEncoding, TextEncoder } from "../encode/port.ts";
import type { ViewEncoder } from "../encode/view-encoder.ts";
import { CATALOGUE_VIEWS, WORKING_SIDE } from "../encode/views.ts";
import { productText } from "../match/words.ts";
import { decodePicture } from "../picture/decode.ts";
import type { Point, PointPayload } from "./port.ts";

interface PointMakerParts {
  catalog: Catalog;
  viewEncoder: ViewEncoder;
  textEncoder: TextEncoder;
}

function payloadOf(product: Product, pictureHash: string | null): PointPayload {
  const { sku, category, brand, price, currency } = product;
  return { sku, pictureHash, category, brand, price: price === null ? null : Number(price), currency };
}

/** Makes the points of a product: one for each view of each picture, and one for its text. */
export function createPointMaker({ catalog, viewEncoder, textEncoder }: PointMakerParts) {
  async function encode(sku: string, hash: string, signal: AbortSignal): Promise<ImageEncoding[]> {
    const { bytes } = await catalog.picture(hash, "full");
    const name = `${sku}, picture ${hash.slice(0, 8)}`;
    const picture = await decodePicture(bytes, { name, side: WORKING_SIDE });
    return viewEncoder.encode(picture, CATALOGUE_VIEWS, { priority: "bulk", signal });
  }

  async function picturePoints(product: Product, hash: string, signal: AbortSignal): Promise<Point[]> {
    const encodings = viewEncoder.cached(hash, CATALOGUE_VIEWS) ?? (await encode(product.sku, hash, signal));
    return encodings.map(({ embedding }, index) => ({
      id: `${product.sku}/${hash}/${CATALOGUE_VIEWS[index]}`,
      vector: { name: "image", values: embedding },
      payload: payloadOf(product, hash),
    }));
  }

  /** @throws ShelfmatchError IMAGE_* or PICTURE_NOT_FOUND, naming the picture, when one of the product's can't be used */
  return async function pointsOf(product: Product, signal: AbortSignal): Promise<Point[]> {
    const [[text], ...pictures] = await Promise.all([
      textEncoder.encode([productText(product)], { priority: "bulk", signal }),
      ...product.pictures.map(({ hash }) => picturePoints(product, hash, signal)),
    ]);
    if (text === undefined)
      throw new ShelfmatchError("INTERNAL", `The text of ${product.sku} was not encoded; see the journal.`);
    const words: Point = {
      id: `${product.sku}/text`,
      vector: { name: "text", values: text },
      payload: payloadOf(product, null),
    };
    return [words, ...pictures.flat()];
  };
}
