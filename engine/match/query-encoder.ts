import type { Region } from "../../shared/contract/domain.ts";
import type { Description } from "../../shared/contract/match.ts";
import { describe } from "../encode/describe.ts";
import type { EncodeOptions, ImageEncoding } from "../encode/port.ts";
import { rgbOf, type ViewEncoder } from "../encode/view-encoder.ts";
import { averageEmbedding, MIDDLE, QUERY_PARTS, QUERY_VIEWS } from "../encode/views.ts";
import type { DecodedPicture } from "../picture/decode.ts";

/** What a query is searched by. */
export interface QueryVector {
  /** float32 [dimensions], L2-normalised. */
  embedding: Float32Array;
  /** The part of the picture that it is of; null for the whole. */
  part: Region | null;
}

export interface EncodedQuery {
  picture: DecodedPicture;
  /** The mean of the query's views, and where asked for each of its parts; none where no encoder has seen it. */
  vectors: QueryVector[];
  classes: ImageEncoding["classes"];
}

export interface QueryEncoder {
  /** @param parts whether parts of the picture are encoded, too, in the same batch: a thing may be a small part of it */
  encode(picture: DecodedPicture, parts: boolean, options?: EncodeOptions): Promise<EncodedQuery>;
}

const AT_MIDDLE = QUERY_VIEWS.indexOf("centre-60");

export function createQueryEncoder(encoder: ViewEncoder): QueryEncoder {
  return {
    async encode(picture, parts, options) {
      const views = parts ? [...QUERY_VIEWS, ...QUERY_PARTS] : QUERY_VIEWS;
      const encodings = await encoder.encode(picture, views, { priority: "interactive", ...options });
      const embeddings = encodings.map((one) => one.embedding);
      const whole: QueryVector = { embedding: averageEmbedding(embeddings.slice(0, QUERY_VIEWS.length)), part: null };
      const own = (embedding: Float32Array | undefined, part: Region): QueryVector[] =>
        embedding === undefined ? [] : [{ embedding, part }];
      const vectors = parts
        ? [
            whole,
            ...own(embeddings[AT_MIDDLE], MIDDLE),
            ...QUERY_PARTS.flatMap((part, n) => own(embeddings[QUERY_VIEWS.length + n], part)),
          ]
        : [whole];
      return { picture, vectors, classes: encodings[0]?.classes ?? [] };
    },
  };
}

/** A query that no encoder has seen: its pixels say its colours, and that is all. */
export const unseen = (picture: DecodedPicture): EncodedQuery => ({ picture, vectors: [], classes: [] });

/** The structured description of a query, with what has been read off it so far. */
export function describeQuery(
  { picture, classes }: EncodedQuery,
  text: readonly string[] = [],
  barcodes: Description["barcodes"] = [],
): Description {
  return { ...describe({ picture: rgbOf(picture), classes, text }), barcodes };
}
