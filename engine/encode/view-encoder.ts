import type { DecodedPicture } from "../picture/decode.ts";
import type { EncodingCache } from "./cache.ts";
import type { EncodeOptions, ImageEncoder, ImageEncoding } from "./port.ts";
import { cutViews, type RgbPicture, type View } from "./views.ts";

export interface ViewEncoder {
  readonly fingerprint: string;
  /** One encoding a view, in order, out of the cache where the picture was seen before. */
  encode(picture: DecodedPicture, views: readonly View[], options?: EncodeOptions): Promise<ImageEncoding[]>;
  /** The encodings of a picture by its content hash, where all of them are cached; else null. */
  cached(hash: string, views: readonly View[]): ImageEncoding[] | null;
}

/** The picture as the cutting of views takes it. */
export function rgbOf({ rgb, width, height }: DecodedPicture): RgbPicture {
  return { data: rgb, width, height };
}

const nameOf = (view: View) => (typeof view === "string" ? view : `${view.x},${view.y},${view.width},${view.height}`);

/** From a decoded picture to the encodings of its views: cut, cached by content, encoded in one batch. */
export function createViewEncoder(encoder: ImageEncoder, cache: EncodingCache): ViewEncoder {
  const keyOf = (picture: string, view: View) => ({ picture, view: nameOf(view), fingerprint: encoder.fingerprint });
  const lookUp = (hash: string, view: View) => cache.get(keyOf(hash, view));
  return {
    fingerprint: encoder.fingerprint,
    cached(hash, views) {
      const known = views.map((view) => lookUp(hash, view)).filter((encoding) => encoding !== undefined);
      return known.length === views.length ? known : null;
    },
    async encode(picture, views, options) {
      const known = views.map((view) => lookUp(picture.contentHash, view));
      const missing = views.filter((_, index) => known[index] === undefined);
      if (missing.length > 0) {
        const fresh = await encoder.encode(await cutViews(rgbOf(picture), missing, encoder.inputSize), options);
        fresh.forEach((encoding, index) => {
          const view = missing[index];
          if (view === undefined) return;
          cache.set(keyOf(picture.contentHash, view), encoding);
          known[views.indexOf(view)] = encoding;
        });
      }
      return known.filter((encoding) => encoding !== undefined);
    },
  };
}
