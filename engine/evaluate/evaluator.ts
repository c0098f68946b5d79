import pLimit from "p-limit";
import type { Config } from "../../shared/config.ts";
import type { Product } from "../../shared/contract/domain.ts";
import type { EvaluationEvent, EvaluationReport } from "../../shared/contract/system.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import { type Answer, type Answerer, VERIFIED } from "../match/answer.ts";
import { type Calibration, thresholds } from "../match/calibration.ts";
import { verdictOf } from "../match/result.ts";
import { lookAt } from "../picture/look.ts";
import type { Evaluator } from "../services.ts";
import { seededRandom } from "./metrics.ts";
import { reportOf, type Trial } from "./report.ts";
import { makeQuery, TRANSFORMATIONS, type Transformation } from "./transformations.ts";

interface EvaluatorOptions {
  catalog: Catalog;
  answer: Answerer;
  calibration: Calibration;
  config(): Config;
  fingerprint: string;
}

interface Query {
  product: Product;
  picture: string;
  /** The picture in the background. */
  behind: string | null;
  /** The products that it shows: left out of the search, being in the query as much as the one that is asked for. */
  alsoShown: string[];
  transformation: Transformation;
  seed: number;
}

/** Up to this many products every one gets every transformation; beyond, a transformation each in turn. */
const EVERY_TRANSFORMATION = 200;
const DEFAULT_PRODUCTS = 500;
const AT_ONCE = 3;

/** @returns `count` of the values, chosen by the seeded generator (Fisher and Yates) */
function sample<T>(values: readonly T[], count: number, random: () => number): T[] {
  const pool = [...values];
  for (let i = pool.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swap = pool[i];
    if (swap !== undefined && pool[j] !== undefined) [pool[i], pool[j]] = [pool[j], swap];
  }
  return pool.slice(0, count);
}

export function planQueries(products: readonly Product[], seed: number): Query[] {
  const random = seededRandom(seed);
  const pictures = products.flatMap((product) => product.pictures.map((picture) => picture.hash));
  const showing = (hash: string | null) =>
    products
      .filter((product) => product.pictures.some((picture) => picture.hash === hash))
      .map((product) => product.sku);
  return products.flatMap((product, index) => {
    const kinds =
      products.length <= EVERY_TRANSFORMATION
        ? [...TRANSFORMATIONS]
        : TRANSFORMATIONS.filter((_, kind) => kind === index % TRANSFORMATIONS.length);
    return kinds.flatMap((transformation): Query[] => {
      const picture = product.pictures[Math.floor(random() * product.pictures.length)];
      const behind = pictures[Math.floor(random() * pictures.length)] ?? null;
      if (picture === undefined) return [];
      const own = product.pictures.some((one) => one.hash === behind);
      return [
        {
          product,
          picture: picture.hash,
          behind: own ? null : behind,
          alsoShown: own || transformation !== "background" ? [] : showing(behind),
          transformation,
          seed: Math.floor(random() * 2 ** 31),
        },
      ];
    });
  });
}

export function createEvaluator({ catalog, answer, calibration, config, fingerprint }: EvaluatorOptions): Evaluator {
  async function lastAnswer(
    query: Query,
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

  async function tryOne(query: Query, signal?: AbortSignal): Promise<Trial> {
    const file = await catalog.picture(query.picture, "full");
    const behind = query.behind === null ? null : (await catalog.picture(query.behind, "full")).bytes;
    const bytes = await makeQuery(file.bytes, query.transformation, seededRandom(query.seed), behind);
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
