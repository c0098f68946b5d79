import pLimit from "p-limit";
import type { Product } from "../../shared/contract/domain.ts";
import type { Catalog } from "../catalog/port.ts";
import { planQueries, sample } from "../evaluate/made-queries.ts";
import { seededRandom } from "../evaluate/metrics.ts";
import { makeQuery, type Transformation } from "../evaluate/transformations.ts";
import { type Answerer, type Question, VERIFIED } from "../match/answer.ts";
import { type Evidence, type EvidenceKind, featuresOf } from "../match/evidence.ts";
import { lookAt } from "../picture/look.ts";
import { noteFor, readingFor } from "./notes.ts";
import type { Observation, ObservedCandidate } from "./observation.ts";

interface ObserveOptions {
  catalog: Pick<Catalog, "picture">;
  answer: Answerer;
  /** Those that are asked for; indexed ones with pictures. */
  products: readonly Product[];
  /** Of which kinds; all unless said. */
  transformations?: readonly Transformation[];
  /** How many times over the queries are made, each time others. */
  rounds: number;
  seed: number;
  /** Queries at work at once. */
  atOnce: number;
  onProgress(done: number, total: number): void;
  signal?: AbortSignal;
  /** By `performance.now()`, in ms: queries that were not begun then are left out. Their order is drawn, too. */
  until?: number;
  /** Waited for before each query. */
  breathe?: () => Promise<unknown>;
}

function observed(kind: EvidenceKind, candidates: readonly Evidence[]): ObservedCandidate[] {
  const rows = featuresOf(kind, candidates);
  return candidates.map(({ sku }, at) => ({ sku, features: rows[at] ?? [] }));
}

/**
 * Asks made queries of products; each answer counts with its product and without it.
 * @throws whatever the signal was aborted with; errors of the encoder, the index and the catalogue
 */
export async function observeMadeQueries(options: ObserveOptions): Promise<Observation[]> {
  const { catalog, answer, products, transformations, rounds, seed, atOnce, onProgress, signal } = options;
  const { until = Number.POSITIVE_INFINITY, breathe } = options;
  const observations: Observation[] = [];
  const ask = async (
    question: Question,
    sku: string,
    kinds: readonly EvidenceKind[],
    alsoShown: readonly string[] = [],
  ) => {
    const how = { verify: VERIFIED, readText: false, readBarcodes: false, ...(signal ? { signal } : {}) };
    for await (const { kind, candidates } of answer({ ...question, filter: { excludeSkus: [...alsoShown] } }, how)) {
      if (!kinds.includes(kind)) continue;
      observations.push({ kind, sku, present: true, candidates: observed(kind, candidates) });
      // A search without the product brings up the same ones, and one more at the far end, which no feature looks at.
      const others = candidates.filter((one) => one.sku !== sku);
      observations.push({ kind, sku, present: false, candidates: observed(kind, others) });
    }
  };
  const limit = pLimit(atOnce);
  const queries = Array.from({ length: rounds }, (_, round) =>
    planQueries(products, seed + round, transformations),
  ).flat();
  const order = sample(queries, queries.length, seededRandom(seed));
  let done = 0;
  await Promise.all(
    order.map((query) =>
      limit(async () => {
        signal?.throwIfAborted();
        if (performance.now() > until) return;
        await breathe?.();
        const random = seededRandom(query.seed);
        const file = await catalog.picture(query.picture, "full");
        const behind = query.behind === null ? null : (await catalog.picture(query.behind, "full")).bytes;
        const bytes = await makeQuery(file.bytes, query.transformation, random, behind);
        const { sku } = query.product;
        const picture = lookAt(bytes, { name: sku });
        const text = readingFor(query.product, products, random);
        await ask({ picture, text }, sku, ["visual", "verified", "worded"], query.alsoShown);
        await ask({ text: noteFor(query.product, products, random) }, sku, ["text"]);
        onProgress(++done, queries.length);
      }),
    ),
  );
  return observations;
}
