import type { EncodingCache } from "../encode/cache.ts";
import type { ImageEncoder } from "../encode/port.ts";
import { CATALOGUE_VIEWS } from "../encode/views.ts";
import type { OwnVectors } from "./vectors.ts";

/**
 * Embeddings that a file brings go where the encoder's own go once they are made: whoever asks for a picture's finds
 * them. Classes come with no file, so that a photo that is the very picture is described without the names of its views.
 */
export function importedVectors(
  { fingerprint, dimensions }: Pick<ImageEncoder, "fingerprint" | "dimensions">,
  cache: EncodingCache,
): OwnVectors {
  return {
    fingerprint,
    dimensions,
    views: CATALOGUE_VIEWS,
    put(picture, embeddings) {
      for (const [at, view] of CATALOGUE_VIEWS.entries()) {
        const embedding = embeddings[at];
        if (embedding !== undefined) cache.set({ picture, view, fingerprint }, { embedding, classes: [] });
      }
    },
  };
}
