import pLimit from "p-limit";
import type { z } from "zod";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { Collection, CollectionSpec, Hit, Point, ProductPoints, SearchRequest, VectorName } from "../port.ts";
import type { ChromaConnection } from "./connection.ts";
import { ofProducts, toWhere } from "./filter.ts";
import {
  countReply,
  doneReply,
  idsReply,
  pointsReply,
  queryReply,
  recordId,
  skusReply,
  toPoints,
  toRecords,
} from "./records.ts";
import { ensureCollections, pathOf } from "./setup.ts";

export interface ChromaCollection extends Collection {
  /** Makes and checks the collections, once; again after it failed. @throws ShelfmatchError */
  ready(): Promise<Record<VectorName, string>>;
  /** One real query, past the breaker. */
  probe(): Promise<void>;
  /** Refuses later calls and waits for the begun ones. */
  close(): Promise<void>;
}

const NAMES = ["image", "text"] as const;
/** Records of a request. Chroma says itself how many it takes (`/pre-flight-checks`): 5461, SQLite's limit. */
const RECORDS = 256;
const SKUS_A_CALL = 200;
const RECORDS_A_PAGE = 1_000;
/** Records asked for, a product that is wanted: Chroma can't group, so several of one product take the place of others. */
const OVERFETCH = 4;
const QUERY_TRIES = 5;
const READ = { retries: 2 };
/** Writing the same again changes nothing: one more try is safe. */
const WRITE = { retries: 1 };

function* cut<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

export function openChromaCollection(
  connection: ChromaConnection,
  spec: CollectionSpec,
  { database }: Config["chroma"],
): ChromaCollection {
  /** One write after the other: two of the same product side by side could each remove what the other one wrote. */
  const writing = pLimit(1);
  const begun = new Set<Promise<unknown>>();
  let ensured: Promise<Record<VectorName, string>> | null = null;
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new ShelfmatchError("ENGINE_GONE", "The vector index is closed.");
  }

  function assertUsable(name: VectorName, vector: Float32Array): void {
    if (vector.length === spec[name].dimensions) return;
    throw new ShelfmatchError(
      "DIMENSION_MISMATCH",
      `The ${name} vector has ${vector.length} dimensions, the index ${spec[name].dimensions}: they come from different encoders.`,
      { details: { name, expected: spec[name].dimensions, received: vector.length } },
    );
  }

  async function ready(): Promise<Record<VectorName, string>> {
    ensured ??= ensureCollections(connection, database, spec);
    const mine = ensured;
    try {
      return await mine;
    } catch (error) {
      if (ensured === mine) ensured = null;
      throw error;
    }
  }

  /** A call of an open collection that is there; one that has vanished is made again by the next call. */
  function run<T>(work: () => Promise<T>): Promise<T> {
    const running = (async () => {
      assertOpen();
      try {
        return await work();
      } catch (error) {
        if (error instanceof ShelfmatchError && error.details?.vectorsLost === true) ensured = null;
        throw error;
      }
    })();
    begun.add(running);
    const forget = () => begun.delete(running);
    running.then(forget, forget);
    return running;
  }

  async function post<T>(
    what: string,
    name: VectorName,
    verb: string,
    body: unknown,
    reply: z.ZodType<T>,
    options: Parameters<ChromaConnection["call"]>[2] = READ,
  ): Promise<T> {
    const path = `${pathOf(database, (await ready())[name])}/${verb}`;
    return connection.call(what, { method: "POST", path, body, reply }, options);
  }

  async function removeOthers(name: VectorName, skus: readonly string[], keep: ReadonlySet<string>): Promise<void> {
    for (const part of cut(skus, SKUS_A_CALL)) {
      const body = { where: ofProducts(part), include: [] };
      const { ids } = await post("list a product's points", name, "get", body, idsReply);
      const stale = ids.filter((id) => !keep.has(id));
      for (const gone of cut(stale, RECORDS))
        await post("delete points", name, "delete", { ids: gone }, doneReply, WRITE);
    }
  }

  /**
   * The new points first, then, last, away with whatever else these products have: a product is always found, by old
   * vectors or by new ones, and a crash in between leaves too much, which the next writing of the product removes.
   */
  async function replace(products: readonly ProductPoints[]): Promise<void> {
    const owned = products.flatMap(({ sku, points }) => points.map((point) => ({ sku, point })));
    const keep = new Set(owned.map(({ sku, point }) => recordId(sku, point.id)));
    const skus = products.map(({ sku }) => sku);
    for (const name of NAMES) {
      const records = owned.filter(({ point }) => point.vector.name === name);
      for (const part of cut(records, RECORDS)) {
        await post("write points", name, "upsert", toRecords(part), doneReply, WRITE);
      }
    }
    for (const name of NAMES) await removeOthers(name, skus, keep);
  }

  async function query({ name, vector, filter = {}, signal }: SearchRequest, records: number, found: Iterable<string>) {
    const where = toWhere({ ...filter, excludeSkus: [...(filter.excludeSkus ?? []), ...found] });
    const body = {
      query_embeddings: [Array.from(vector)],
      n_results: records,
      include: ["distances", "metadatas"],
      ...(where === undefined ? {} : { where }),
    };
    for (let tries = 1; ; tries += 1) {
      const { distances, metadatas } = await post("search", name, "query", body, queryReply, { ...READ, signal });
      // A record that was found and deleted before it was read: its product may have another by now.
      if (metadatas[0].includes(null) && tries < QUERY_TRIES) continue;
      const hits = metadatas[0].flatMap((metadata, at): Hit[] => {
        if (metadata === null) return [];
        // A distance is 1 - cosine; rounding may carry it beyond its ends.
        const similarity = Math.min(1, Math.max(-1, 1 - (distances[0][at] ?? 2)));
        return [{ sku: metadata.sku, similarity, pictureHash: metadata.pictureHash ?? null }];
      });
      return { hits, wereMore: metadatas[0].length === records };
    }
  }

  /** Rounds of nearest records, each without the products that were found, until there are enough or no more. */
  async function search(request: SearchRequest): Promise<Hit[]> {
    const found = new Map<string, Hit>();
    while (found.size < request.limit) {
      const wanted = (request.limit - found.size) * OVERFETCH;
      const { hits, wereMore } = await query(request, wanted, found.keys());
      for (const hit of hits) if (found.size < request.limit && !found.has(hit.sku)) found.set(hit.sku, hit);
      if (!wereMore) break;
    }
    return [...found.values()].sort((a, b) => b.similarity - a.similarity);
  }

  async function count(name: VectorName): Promise<number> {
    const path = `${pathOf(database, (await ready())[name])}/count`;
    return connection.call("count its points", { method: "GET", path, reply: countReply }, READ);
  }

  async function readSome(skus: readonly string[]): Promise<ProductPoints[]> {
    const body = { where: ofProducts(skus), include: ["metadatas", "embeddings"] };
    const bySku = new Map<string, Point[]>();
    for (const name of NAMES) {
      for (const { sku, point } of toPoints(name, await post("read points", name, "get", body, pointsReply))) {
        bySku.set(sku, [...(bySku.get(sku) ?? []), point]);
      }
    }
    return skus.flatMap((sku) => {
      const points = bySku.get(sku);
      return points === undefined ? [] : [{ sku, points }];
    });
  }

  async function skus(): Promise<Set<string>> {
    const found = new Set<string>();
    for (const name of NAMES) {
      for (let offset = 0; ; offset += RECORDS_A_PAGE) {
        const body = { limit: RECORDS_A_PAGE, offset, include: ["metadatas"] };
        const { metadatas } = await post("list its products", name, "get", body, skusReply);
        for (const { sku } of metadatas) found.add(sku);
        if (metadatas.length < RECORDS_A_PAGE) break;
      }
    }
    return found;
  }

  return {
    spec,
    ready,
    async replaceProducts(products) {
      for (const { points } of products) {
        for (const { vector } of points) assertUsable(vector.name, vector.values);
      }
      // The last word on a product that is named twice.
      const latest = [...new Map(products.map((product) => [product.sku, product])).values()];
      await run(() =>
        writing(async () => {
          for (const part of cut(latest, SKUS_A_CALL)) {
            assertOpen();
            await replace(part);
          }
        }),
      );
    },
    async deleteProducts(gone) {
      await run(() =>
        writing(async () => {
          assertOpen();
          for (const name of NAMES) {
            for (const part of cut(gone, SKUS_A_CALL)) {
              await post("delete points", name, "delete", { where: ofProducts(part) }, doneReply, WRITE);
            }
          }
        }),
      );
    },
    async search(request) {
      assertOpen();
      assertUsable(request.name, request.vector);
      if (request.signal?.aborted) {
        throw new ShelfmatchError("CANCELLED", "The search was cancelled.", { cause: request.signal.reason });
      }
      return run(() => search(request));
    },
    count: () => run(async () => ({ image: await count("image"), text: await count("text") })),
    read: (wanted) =>
      run(async () => {
        const found: ProductPoints[] = [];
        for (const part of cut(wanted, SKUS_A_CALL)) found.push(...(await readSome(part)));
        return found;
      }),
    skus: () => run(skus),
    async probe() {
      const path = `${pathOf(database, (await ready()).text)}/query`;
      const query_embeddings = [new Array<number>(spec.text.dimensions).fill(1)];
      const body = { query_embeddings, n_results: 1, include: ["distances", "metadatas"] };
      await connection.probe("search", { method: "POST", path, body, reply: queryReply });
    },
    async close() {
      closed = true;
      await Promise.allSettled(begun);
    },
  };
}
