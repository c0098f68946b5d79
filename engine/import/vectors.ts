import type { BroughtVectors } from "./record.ts";

/** Embeddings that a file brings along, taken where they are of this engine's own encoder. */

/** What this engine makes of a picture, and where such embeddings are put. */
export interface OwnVectors {
  /** Fingerprint of the image encoder: model, weights, precision, preprocessing, views. */
  fingerprint: string;
  dimensions: number;
  /** In the order in which they are kept. */
  views: readonly string[];
  /** @param embeddings float32 [dimensions] each, one a view */
  put(hash: string, embeddings: readonly Float32Array[]): void;
}

export interface VectorIntake {
  /**
   * @param all those of the row's pictures: float32 [pictures * views * dimensions]
   * @param place which of them
   */
  take(hash: string, all: Float32Array, place: number, pictures: number): void;
}

/** What becomes of them, in words. */
export function describeVectors(brought: BroughtVectors | null, own: OwnVectors | null): string | null {
  if (brought === null) return null;
  const why = refusal(brought, own);
  if (why === null) return "The embeddings of the file are of this encoder and are taken as they are.";
  return `The embeddings of the file are not used, and every picture is embedded anew: ${why}.`;
}

function refusal(brought: BroughtVectors, own: OwnVectors | null): string | null {
  if (own === null) return "this engine takes none";
  if (brought.fingerprint !== own.fingerprint) {
    return `they are of the encoder ${brought.fingerprint}, and this one is ${own.fingerprint}`;
  }
  if (brought.dimensions !== own.dimensions) {
    return `they have ${brought.dimensions} dimensions, and this encoder's have ${own.dimensions}`;
  }
  return brought.views.join() === own.views.join() ? null : "they are of other views of the pictures";
}

/** @returns null where they are not to be used */
export function createVectorIntake(brought: BroughtVectors | null, own: OwnVectors | null): VectorIntake | null {
  if (brought === null || own === null || refusal(brought, own) !== null) return null;
  const { dimensions, views } = own;
  return {
    take(hash, all, place, pictures) {
      // A row of another length is of other pictures than it names.
      if (all.length !== pictures * views.length * dimensions) return;
      const first = place * views.length * dimensions;
      const embeddings = views.map((_, view) => {
        const start = first + view * dimensions;
        return all.slice(start, start + dimensions);
      });
      if (embeddings.every(isUnit)) own.put(hash, embeddings);
    },
  };
}

/** Whether it is L2-normalised, as every embedding is that is compared here: another would win or lose every search. */
function isUnit(embedding: Float32Array): boolean {
  let sum = 0;
  for (const value of embedding) sum += value * value;
  // An index may have kept it in fewer bits.
  return Math.abs(sum - 1) < 0.02;
}
