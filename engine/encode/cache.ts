import { LRUCache } from "lru-cache";
import type { ImageEncoding } from "./port.ts";

/** What an encoding depends on. */
export interface EncodingKey {
  /** Content hash of the picture, and of the region where one was drawn. */
  picture: string;
  view: string;
  fingerprint: string;
}

export interface EncodingCache {
  get(key: EncodingKey): ImageEncoding | undefined;
  set(key: EncodingKey, encoding: ImageEncoding): void;
}

/** Keeps the `entries` encodings used last (about 5 KB each at 1280 dimensions); 0 keeps none. */
export function createEncodingCache(entries: number): EncodingCache {
  if (entries === 0) return { get: () => undefined, set: () => {} };
  const cache = new LRUCache<string, ImageEncoding>({ max: entries });
  const name = ({ picture, view, fingerprint }: EncodingKey) => `${fingerprint}/${view}/${picture}`;
  return {
    get: (key) => cache.get(name(key)),
    set: (key, encoding) => void cache.set(name(key), encoding),
  };
}
