import type { DecodedPicture } from "../picture/decode.ts";
import type { EncodingCache } from "./cache.ts";
import type { EncodeOptions, ImageEncoder, ImageEncoding } from "./port.ts";
import { cutViews, type RgbPicture, type ViewName } from "./views.ts";

export interface ViewEncoder {
  readonly fingerprint: string;
  /** One encoding a view, in order, out of the cache where the picture was seen before. */
  encode(picture: DecodedPicture, views: readonly ViewName[], options?: EncodeOptions): Promise<ImageEncoding[]>;
  /** The encodings of a picture by its content hash, where all of them are cached; else null. */
  cached(hash: string, views: readonly ViewName[]): ImageEncoding[] | null;
}

/** The picture as the cutting of views takes it. */
export function rgbOf({ rgb, width, height }: DecodedPicture): RgbPicture {
  return { data: rgb, width, height };
}

/** From a decoded picture to the encodings of its views: cut, cached by content, encoded in one batch. */
export function createViewEncoder(encoder: ImageEncoder, cache: EncodingCache): ViewEncoder {
  const lookUp = (hash: string, view: ViewName) => cache.get({ picture: hash, view, fingerprint: encoder.fingerprint });
  return {
    fingerprint: encoder.fingerprint,
    cached(hash, views) {
      const known = views.map((view) => lookUp(hash, view)).filter((encoding) => encoding !== undefined);
      return known.length === views.length ? known : null;
    },
    async encode(picture, views, options) {
      const key = (view: ViewName) => ({ picture: picture.contentHash, view, fingerprint: encoder.fingerprint });
      const known = views.map((view) => lookUp(picture.contentHash, view));
      const missing = views.filter((_, index) => known[index] === undefined);
      if (missing.length > 0) {
        const fresh = await encoder.encode(await cutViews(rgbOf(picture), missing, encoder.inputSize), options);
        fresh.forEach((encoding, index) => {
          const view = missing[index];
          if (view === undefined) return;
          cache.set(key(view), encoding);
          known[views.indexOf(view)] = encoding;
        });
      }
      return known.filter((encoding) => encoding !== undefined);
    },
  };
}
