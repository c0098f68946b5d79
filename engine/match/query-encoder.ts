import type { Description } from "../../shared/contract/match.ts";
import { describe } from "../encode/describe.ts";
import type { EncodeOptions, ImageEncoding } from "../encode/port.ts";
import { rgbOf, type ViewEncoder } from "../encode/view-encoder.ts";
import { averageEmbedding, QUERY_VIEWS } from "../encode/views.ts";
import type { DecodedPicture } from "../picture/decode.ts";

export interface EncodedQuery {
  picture: DecodedPicture;
  /** float32 [dimensions], L2-normalised: the mean of the query's views. */
  embedding: Float32Array;
  classes: ImageEncoding["classes"];
}

export interface QueryEncoder {
  encode(picture: DecodedPicture, options?: EncodeOptions): Promise<EncodedQuery>;
}

export function createQueryEncoder(encoder: ViewEncoder): QueryEncoder {
  return {
    async encode(picture, options) {
      const encodings = await encoder.encode(picture, QUERY_VIEWS, { priority: "interactive", ...options });
      const embedding = averageEmbedding(encodings.map((one) => one.embedding));
      return { picture, embedding, classes: encodings[0]?.classes ?? [] };
    },
  };
}

/** A query that no encoder has seen: its pixels say its colours, and that is all. */
export const unseen = (picture: DecodedPicture): EncodedQuery => ({
  picture,
  embedding: new Float32Array(0),
  classes: [],
});

/** The structured description of a query, with what has been read off it so far. */
export function describeQuery(
  { picture, classes }: EncodedQuery,
  text: readonly string[] = [],
  barcodes: Description["barcodes"] = [],
): Description {
  return { ...describe({ picture: rgbOf(picture), classes, text }), barcodes };
}
