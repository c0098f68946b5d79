import type { Schemas } from "@qdrant/js-client-rest";
import pLimit from "p-limit";
import type { z } from "zod";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { Collection, CollectionSpec, Hit, SearchRequest, VectorName } from "../port.ts";
import { batchesOf, cutSkus, requestsOf } from "./batches.ts";
import type { QdrantConnection } from "./connection.ts";
import { pointsOfProducts, toQdrantFilter } from "./filter.ts";
import { pairAlias } from "./names.ts";
import { counted, groups, page, written } from "./replies.ts";
import { ensureCollection } from "./setup.ts";

export interface QdrantCollection extends Collection {
  /** Makes and checks the collection, once; again after it failed. @throws ShelfmatchError */
  ready(): Promise<void>;
  /** One real query, past the breaker. @returns points by vector name */
  probe(): Promise<Record<VectorName, number>>;
  /** Refuses later calls and waits for the begun ones. */
  close(): Promise<void>;
}

/** Requests of a write that are under way at once: with those of batches.ts, some 16 MiB. */
const WRITES_AT_ONCE = 4;
/** Candidates that the graph is searched with; see setup.ts. */
const HNSW_EF = 256;
/** Within these rounds Qdrant's grouping finds a product each, if there is one (lib/shard/src/grouping/driver.rs). */
const GROUPING_ROUNDS = 5;
const SKUS_A_PAGE = 5_000;
const READ = { retries: 2 };
/** Writing the same again changes nothing: one more try is safe. */
const WRITE = { retries: 1 };

export function openQdrantCollection(
  connection: QdrantConnection,
  spec: CollectionSpec,
  settings: Config["qdrant"],
): QdrantCollection {
  const collection_name = pairAlias(settings.prefix, spec);
  const timeout = Math.ceil(settings.deadlineMs / 1000);
  /** One write after the other: two of the same product side by side could each remove what the other one wrote. */
  const writing = pLimit(1);
  const begun = new Set<Promise<unknown>>();
  let ensured: Promise<void> | null = null;
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

  async function ready(): Promise<void> {
    ensured ??= ensureCollection(connection, spec, settings);
    const mine = ensured;
    try {
      await mine;
    } catch (error) {
      if (ensured === mine) ensured = null;
      throw error;
    }
  }

  /** A call of an open collection that is there; one that has vanished is made again by the next call. */
  function run<T>(work: () => Promise<T>): Promise<T> {
    const running = (async () => {
      assertOpen();
      await ready();
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

  async function write(what: string, operations: Schemas["UpdateOperation"][]): Promise<void> {
    // `wait`: applied, in the log of as many replicas as the collection asks for. `medium`: through one leader, so that
    // no replica sees the removal before the points.
    const body = { collection_name, operations, wait: true, ordering: "medium" as const };
    const results = await connection.call(what, written, (api, signal) => api.batchUpdate(body, { signal }), WRITE);
    if (results.every(({ status }) => status === "completed")) return;
    const text = "Qdrant took a write but has not applied it in time: it is behind with its work. It is written again.";
    throw new ShelfmatchError("TIMEOUT", text);
  }

  /** All of the parts, a few at once; ends when the last one has, so that nothing runs on after a failure was said. */
  async function inParts<T>(parts: Iterable<T>, work: (part: T) => Promise<unknown>): Promise<void> {
    const limit = pLimit(WRITES_AT_ONCE);
    const outcomes = await Promise.allSettled(Array.from(parts, (part) => limit(() => work(part))));
    const failure = outcomes.find((outcome) => outcome.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }

  async function query({ name, vector, limit, filter = {}, signal }: SearchRequest, found: Hit[]): Promise<Hit[]> {
    const excludeSkus = [...(filter.excludeSkus ?? []), ...found.map(({ sku }) => sku)];
    const inside = toQdrantFilter({ ...filter, excludeSkus });
    const body = {
      collection_name,
      query: Array.from(vector),
      using: name,
      ...(inside === undefined ? {} : { filter: inside }),
      params: { hnsw_ef: HNSW_EF, quantization: { rescore: true, oversampling: settings.oversampling } },
      group_by: "sku",
      group_size: 1,
      limit,
      with_payload: ["sku", "pictureHash"],
      timeout,
    };
    const answer: z.infer<typeof groups> = await connection.call(
      "search",
      groups,
      (api, inner) => api.queryPointsGroups(body, { signal: inner }),
      { ...READ, signal },
    );
    return answer.groups.flatMap(({ hits }) =>
      // Rounding may carry a cosine beyond its ends.
      hits.map(({ score, payload }) => ({ ...payload, similarity: Math.min(1, Math.max(-1, score)) })),
    );
  }

  async function search(request: SearchRequest): Promise<Hit[]> {
    const { limit } = request;
    const hits: Hit[] = [];
    while (hits.length < limit) {
      const more = await query({ ...request, limit: limit - hits.length }, hits);
      hits.push(...more);
      // Fewer than there are rounds: each found one, until nothing was left.
      if (more.length < GROUPING_ROUNDS) break;
    }
    return hits.sort((a, b) => b.similarity - a.similarity);
  }

  /** Points of each name, by calls of the given kind. */
  async function countBy(
    ask: QdrantConnection["call"] | QdrantConnection["probe"],
  ): Promise<Record<VectorName, number>> {
    const one = async (name: VectorName) => {
      const body = { collection_name, filter: { must: [{ has_vector: name }] }, exact: true, timeout };
      return ask("count its points", counted, (api, signal) => api.countPoints(body, { signal }), READ);
    };
    const [image, text] = await Promise.all([one("image"), one("text")]);
    return { image: image.count, text: text.count };
  }

  async function skus(): Promise<Set<string>> {
    const found = new Set<string>();
    let offset: string | number | null | undefined;
    do {
      const from = offset == null ? {} : { offset };
      const body = { collection_name, limit: SKUS_A_PAGE, with_payload: ["sku"], with_vector: false, timeout, ...from };
      const next = await connection.call(
        "list its products",
        page,
        (api, signal) => api.scrollPoints(body, { signal }),
        READ,
      );
      for (const { payload } of next.points) found.add(payload.sku);
      offset = next.next_page_offset;
    } while (offset != null);
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
      const latest = new Map(products.map((product) => [product.sku, product]));
      await run(() =>
        writing(async () => {
          assertOpen();
          await inParts(batchesOf(latest.values()), async (batch) => {
            for (const operations of requestsOf(batch)) await write("write points", operations);
          });
        }),
      );
    },
    async deleteProducts(gone) {
      await run(() =>
        writing(async () => {
          assertOpen();
          await inParts(cutSkus(gone), (part) =>
            write("delete points", [{ delete: { filter: pointsOfProducts(part) } }]),
          );
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
    count: () => run(() => countBy(connection.call)),
    skus: () => run(skus),
    async probe() {
      await ready();
      const vector = new Array<number>(spec.text.dimensions).fill(1);
      const body = { collection_name, query: vector, using: "text", group_by: "sku", group_size: 1, limit: 1 };
      const asked = { ...body, with_payload: ["sku", "pictureHash"], timeout };
      await connection.probe("search", groups, (api, signal) => api.queryPointsGroups(asked, { signal }));
      return countBy(connection.probe);
    },
    async close() {
      closed = true;
      await Promise.allSettled(begun);
    },
  };
}
