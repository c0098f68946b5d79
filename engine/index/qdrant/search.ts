import type { Config } from "../../../shared/config.ts";
import type { Hit, SearchRequest } from "../port.ts";
import { toNumbers } from "./batches.ts";
import type { QdrantConnection } from "./connection.ts";
import { toQdrantFilter } from "./filter.ts";
import { groups } from "./replies.ts";

/** Candidates that the graph is searched with; see setup.ts. */
const HNSW_EF = 256;
/** Within these rounds Qdrant's grouping finds a product each, if there is one (lib/shard/src/grouping/driver.rs). */
const GROUPING_ROUNDS = 5;

interface Asked {
  collection_name: string;
  /** Seconds that the server may take. */
  timeout: number;
}

/** Searches a collection, grouped to products inside Qdrant: best first, one hit a product. */
export function createSearch(
  connection: QdrantConnection,
  asked: Asked,
  { oversampling }: Pick<Config["qdrant"], "oversampling">,
) {
  async function query({ name, vector, limit, filter = {}, signal }: SearchRequest, found: Hit[]): Promise<Hit[]> {
    const excludeSkus = [...(filter.excludeSkus ?? []), ...found.map(({ sku }) => sku)];
    const inside = toQdrantFilter({ ...filter, excludeSkus });
    const body = {
      ...asked,
      query: toNumbers(vector),
      using: name,
      ...(inside === undefined ? {} : { filter: inside }),
      params: { hnsw_ef: HNSW_EF, quantization: { rescore: true, oversampling: oversampling } },
      group_by: "sku",
      group_size: 1,
      limit,
      with_payload: ["sku", "pictureHash"],
    };
    const answer = await connection.call(
      "search",
      groups,
      (api, inner) => api.queryPointsGroups(body, { signal: inner }),
      { retries: 2, signal },
    );
    return answer.groups.flatMap(({ hits }) =>
      // Rounding may carry a cosine beyond its ends.
      hits.map(({ score, payload }) => ({ ...payload, similarity: Math.min(1, Math.max(-1, score)) })),
    );
  }

  return async function search(request: SearchRequest): Promise<Hit[]> {
    const { limit } = request;
    const hits: Hit[] = [];
    while (hits.length < limit) {
      const more = await query({ ...request, limit: limit - hits.length }, hits);
      hits.push(...more);
      // Fewer than there are rounds: each found one, until nothing was left.
      if (more.length < GROUPING_ROUNDS) break;
    }
    return hits.sort((a, b) => b.similarity - a.similarity);
  };
}
