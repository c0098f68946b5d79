import pLimit from "p-limit";
import type { Config } from "../../shared/config.ts";
import type { EvaluationEvent, EvaluationReport } from "../../shared/contract/system.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import { type Answer, type Answerer, VERIFIED } from "../match/answer.ts";
import { type Calibration, thresholds } from "../match/calibration.ts";
import { verdictOf } from "../match/result.ts";
import { lookAt } from "../picture/look.ts";
import type { Evaluator } from "../services.ts";
import { type MadeQuery, planQueries, sample } from "./made-queries.ts";
import { seededRandom } from "./metrics.ts";
import { reportOf, type Trial } from "./report.ts";
import { makeQuery } from "./transformations.ts";

interface EvaluatorOptions {
  catalog: Catalog;
  answer: Answerer;
  calibration: Calibration;
  config(): Config;
  fingerprint: string;
}

const DEFAULT_PRODUCTS = 500;
const AT_ONCE = 3;

export function createEvaluator({ catalog, answer, calibration, config, fingerprint }: EvaluatorOptions): Evaluator {
  async function lastAnswer(
    query: MadeQuery,
    bytes: Uint8Array,
    excludeSkus: string[],
    signal?: AbortSignal,
  ): Promise<Answer | null> {
    const picture = lookAt(bytes, { name: `${query.product.sku} (${query.transformation})` });
    const options = {
      verify: config().match.verify ? VERIFIED : 0,
      readText: false,
      readBarcodes: false,
      ...(signal ? { signal } : {}),
    };
    let last: Answer | null = null;
    for await (const given of answer({ picture, filter: { excludeSkus } }, options)) {
      last = given;
      // What the catalogue's words add is not measured here: the made queries carry none.
      if (given.stage === "verified") break;
    }
    return last;
  }

  async function tryOne(query: MadeQuery, signal?: AbortSignal): Promise<Trial> {
    const file = await catalog.picture(query.picture, "full");
    const behind = query.behind === null ? null : (await catalog.picture(query.behind, "full")).bytes;
    const bytes = await makeQuery(file.bytes, query.transformation, seededRandom(query.seed), behind, query.severity);
    const present = await lastAnswer(query, bytes, query.alsoShown, signal);
    const absent = await lastAnswer(query, bytes, [query.product.sku, ...query.alsoShown], signal);
    const limits = config().match;
    const verdict = (given: Answer | null) =>
      given === null ? "none" : verdictOf(given, thresholds(calibration, given.kind, limits));
    const rank = present?.candidates.findIndex((one) => one.sku === query.product.sku) ?? -1;
    return {
      sku: query.product.sku,
      transformation: query.transformation,
      rank: rank < 0 ? null : rank + 1,
      confidence: present?.presence ?? 0,
      verdict: verdict(present),
      absentConfidence: absent?.presence ?? 0,
      absentVerdict: verdict(absent),
    };
  }

  async function* run(
    { products, seed = 1 }: { products?: number | undefined; seed?: number | undefined },
    signal?: AbortSignal,
  ): AsyncGenerator<EvaluationEvent, void> {
    const started = performance.now();
    const known = await catalog.getMany(await catalog.allSkus());
    const pictured = known.filter((product) => product.pictures.length > 0 && product.indexState === "indexed");
    if (pictured.length < 2) {
      throw new ShelfmatchError(
        "INVALID_INPUT",
        "An evaluation needs at least two indexed products with pictures; import some first.",
      );
    }
    const chosen = sample(pictured, products ?? DEFAULT_PRODUCTS, seededRandom(seed));
    const queries = planQueries(chosen, seed);
    const limit = pLimit(AT_ONCE);
    let done = 0;
    const stop = new AbortController();
    const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const work = queries.map((query) =>
      limit(async () => {
        both.throwIfAborted();
        const trial = await tryOne(query, both);
        done++;
        return trial;
      }),
    );
    const all = Promise.all(work);
    all.catch(() => {});
    try {
      for (;;) {
        const finished = await Promise.race([
          all.then(() => true),
          new Promise<false>((resolve) => setTimeout(resolve, 250, false)),
        ]);
        yield { kind: "progress", done, total: queries.length };
        if (finished) break;
      }
    } finally {
      stop.abort();
    }
    const report: EvaluationReport = {
      ...reportOf(await all, seed),
      products: chosen.length,
      fingerprint,
      seconds: Math.round((performance.now() - started) / 10) / 100,
    };
    yield { kind: "report", report };
  }

  return { run };
}
