import type { Schemas } from "@qdrant/js-client-rest";
import pLimit from "p-limit";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { crashPoint } from "../../lib/crash-point.ts";
import type { Collection, CollectionSpec, VectorName } from "../port.ts";
import { batchesOf, cutSkus, requestsOf } from "./batches.ts";
import type { QdrantConnection } from "./connection.ts";
import { pointsOfProducts } from "./filter.ts";
import { pairAlias } from "./names.ts";
import { createReader } from "./read.ts";
import { groups, written } from "./replies.ts";
import { createSearch } from "./search.ts";
import { ensureCollection } from "./setup.ts";

export interface QdrantCollection extends Collection {
  /** Makes and checks the collection, once; again after it failed. @throws ShelfmatchError */
  ready(): Promise<void>;
  /** One real query, past the breaker. @returns points by vector name */
  probe(): Promise<Record<VectorName, number>>;
  /** Refuses later calls and waits for the begun ones. */
  close(): Promise<void>;
}

/** Requests of a write that are under way at once: with those of batches.ts, some 4 MiB. */
const WRITES_AT_ONCE = 4;
/** Writing the same again changes nothing: one more try is safe. */
const WRITE = { retries: 1 };

export function openQdrantCollection(
  connection: QdrantConnection,
  spec: CollectionSpec,
  settings: Config["qdrant"],
): QdrantCollection {
  const collection_name = pairAlias(settings.prefix, spec);
  const asked = { collection_name, timeout: Math.ceil(settings.deadlineMs / 1000) };
  const search = createSearch(connection, asked, settings);
  const { countBy, skus, read } = createReader(connection, asked);
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
            for (const operations of requestsOf(batch)) {
              await write("write points", operations);
              crashPoint("index.points-stored");
            }
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
    read: (wanted) => run(() => read(wanted)),
    skus: () => run(skus),
    async probe() {
      await ready();
      const vector = new Array<number>(spec.text.dimensions).fill(1);
      const body = { ...asked, query: vector, using: "text", group_by: "sku", group_size: 1, limit: 1 };
      const one = { ...body, with_payload: ["sku", "pictureHash"] };
      await connection.probe("search", groups, (api, signal) => api.queryPointsGroups(one, { signal }));
      return countBy(connection.probe);
    },
    async close() {
      closed = true;
      await Promise.allSettled(begun);
    },
  };
}
