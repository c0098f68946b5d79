import sharp from "sharp";
import type { Description } from "../../shared/contract/match.ts";
import { describe } from "../encode/describe.ts";
import type { EncodeOptions, ImageEncoding } from "../encode/port.ts";
import { rgbOf, type ViewEncoder } from "../encode/view-encoder.ts";
import { QUERY_VIEWS, type RgbPicture } from "../encode/views.ts";
import type { DecodedPicture } from "../picture/decode.ts";

/** Side that a picture is shrunk to before its colours are named: every pixel of it is looked at. */
const COLOR_SIDE = 112;

export interface EncodedQuery {
  /** The picture, shrunk: enough to name colours. */
  small: RgbPicture;
  /** float32 [dimensions], L2-normalised: the mean of the query's views. */
  embedding: Float32Array;
  classes: ImageEncoding["classes"];
}

export interface QueryEncoder {
  encode(picture: DecodedPicture, options?: EncodeOptions): Promise<EncodedQuery>;
}

function normalisedMean(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0);
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}

async function shrink({ data, width, height }: RgbPicture): Promise<RgbPicture> {
  const { data: small, info } = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: COLOR_SIDE, height: COLOR_SIDE, fit: "inside", withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: small, width: info.width, height: info.height };
}

export function createQueryEncoder(encoder: ViewEncoder): QueryEncoder {
  return {
    async encode(picture, options) {
      const [encodings, small] = await Promise.all([
        encoder.encode(picture, QUERY_VIEWS, { priority: "interactive", ...options }),
        shrink(rgbOf(picture)),
      ]);
      const embedding = normalisedMean(encodings.map((one) => one.embedding));
      return { small, embedding, classes: encodings[0]?.classes ?? [] };
    },
  };
}

/** The structured description of a query, with what has been read off it so far. */
export function describeQuery(
  { small, classes }: EncodedQuery,
  text: readonly string[] = [],
  barcodes: Description["barcodes"] = [],
): Description {
  return { ...describe({ picture: small, classes, text }), barcodes };
}
