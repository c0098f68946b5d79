import type { Schemas } from "@qdrant/js-client-rest";
import type { z } from "zod";
import type { Point, ProductPoints, VectorName } from "../port.ts";
import { cutSkus, POINTS } from "./batches.ts";
import type { QdrantConnection } from "./connection.ts";
import { pointsOfProducts } from "./filter.ts";
import { counted, page, storedPage } from "./replies.ts";

const SKUS_A_PAGE = 5_000;
const READ = { retries: 2 };

interface Asked {
  collection_name: string;
  /** Seconds that the server may take. */
  timeout: number;
}

/** What a collection holds, without searching: counts, products, points. */
export function createReader(connection: QdrantConnection, { collection_name, timeout }: Asked) {
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

  /** Page after page, in the order of the points' ids. */
  async function* scroll<T extends { next_page_offset?: string | number | null | undefined }>(
    what: string,
    schema: z.ZodType<T>,
    asked: { limit: number; with_payload: boolean | string[]; with_vector: boolean; filter?: Schemas["Filter"] },
  ): AsyncGenerator<T, void> {
    let offset: string | number | null | undefined;
    do {
      const body = { collection_name, ...asked, timeout, ...(offset == null ? {} : { offset }) };
      const next = await connection.call(what, schema, (api, signal) => api.scrollPoints(body, { signal }), READ);
      yield next;
      offset = next.next_page_offset;
    } while (offset != null);
  }

  async function skus(): Promise<Set<string>> {
    const found = new Set<string>();
    const asked = { limit: SKUS_A_PAGE, with_payload: ["sku"], with_vector: false };
    for await (const { points } of scroll("list its products", page, asked)) {
      for (const { payload } of points) found.add(payload.sku);
    }
    return found;
  }

  async function read(wanted: readonly string[]): Promise<ProductPoints[]> {
    const found = new Map<string, Point[]>();
    for (const part of cutSkus(wanted)) {
      const asked = { limit: POINTS, with_payload: true, with_vector: true, filter: pointsOfProducts(part) };
      for await (const { points } of scroll("read its points", storedPage, asked)) {
        for (const { payload, vector } of points) {
          const { id, ...rest } = payload;
          const name = vector.image === undefined ? "text" : "image";
          const values = Float32Array.from(vector[name] ?? []);
          found.set(rest.sku, [...(found.get(rest.sku) ?? []), { id, vector: { name, values }, payload: rest }]);
        }
      }
    }
    return wanted.flatMap((sku) => {
      const points = found.get(sku);
      return points === undefined ? [] : [{ sku, points }];
    });
  }

  return { countBy, skus, read };
}
