import pLimit from "p-limit";
import type { Catalog } from "./catalog/port.ts";
import type { EncodingCache } from "./encode/cache.ts";
import type { ImageEncoder, PictureTextEncoder, TextEncoder } from "./encode/port.ts";
import { createViewEncoder, type ViewEncoder } from "./encode/view-encoder.ts";
import { createPointMaker } from "./index/points.ts";
import type { EncoderSide } from "./index/reembedding.ts";
import { createQueryEncoder, type QueryEncoder } from "./match/query-encoder.ts";

/** A pair of encoders, with what a catalogue and a question need of them. */
export interface SideEncoders {
  image: ImageEncoder;
  text: TextEncoder;
  pictureText: PictureTextEncoder;
  viewEncoder: ViewEncoder;
  queryEncoder: QueryEncoder;
}

interface SidesOptions {
  catalog: Catalog;
  /** Shared by all: an entry names its encoder. */
  cache: EncodingCache;
}

/** Products embedded side by side: decoding one while another is encoded. */
const EMBEDDED_AT_ONCE = 8;

/** @returns makes a side of the index out of a pair of encoders */
export function createSides({ catalog, cache }: SidesOptions) {
  const limit = pLimit(EMBEDDED_AT_ONCE);
  return ({
    image,
    text,
    pictureText,
  }: Pick<SideEncoders, "image" | "text" | "pictureText">): EncoderSide<SideEncoders> => {
    const viewEncoder = createViewEncoder(image, cache);
    const pointsOf = createPointMaker({ catalog, viewEncoder, textEncoder: text });
    return {
      encoders: { image, text, pictureText, viewEncoder, queryEncoder: createQueryEncoder(viewEncoder) },
      embed: ({ product }, signal) => limit(() => pointsOf(product, signal)),
    };
  };
}
