import type { Region } from "../../shared/contract/domain.ts";
import type { Collection, Hit, IndexFilter } from "../index/port.ts";
import type { QueryVector } from "./query-encoder.ts";

/** A product, by the part of the query that looks most like it. */
export interface PartHit extends Hit {
  /** Null where that is the whole. */
  part: Region | null;
}

interface PartSearch {
  limit: number;
  filter: IndexFilter | undefined;
  signal: AbortSignal | undefined;
}

/**
 * Searches by the whole picture and by each of its parts, at once.
 * @returns at most `limit` products, best first, each by its best vector
 */
export async function searchParts(
  collection: Pick<Collection, "search">,
  vectors: readonly QueryVector[],
  { limit, filter, signal }: PartSearch,
): Promise<PartHit[]> {
  const found = await Promise.all(
    vectors.map(async ({ embedding, part }) => {
      const more = { ...(filter ? { filter } : {}), ...(signal ? { signal } : {}) };
      const hits = await collection.search({ name: "image", vector: embedding, limit, ...more });
      return hits.map((hit): PartHit => ({ ...hit, part }));
    }),
  );
  const best = new Map<string, PartHit>();
  for (const hit of found.flat()) {
    const known = best.get(hit.sku);
    if (known === undefined || known.similarity < hit.similarity) best.set(hit.sku, hit);
  }
  return [...best.values()].sort((a, b) => b.similarity - a.similarity).slice(0, limit);
}
