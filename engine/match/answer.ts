import type { Product } from "../../shared/contract/domain.ts";
import type { Description, Stage } from "../../shared/contract/match.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { TextEncoder } from "../encode/port.ts";
import { WORKING_SIDE } from "../encode/views.ts";
import type { Collection, IndexFilter } from "../index/port.ts";
import type { DecodedPicture } from "../picture/decode.ts";
import type { Look } from "../picture/look.ts";
import { type Calibration, judge } from "./calibration.ts";
import type { Evidence, EvidenceKind } from "./evidence.ts";
import { describeQuery, type QueryEncoder } from "./query-encoder.ts";
import { compareWords, wordsOf } from "./words.ts";

/**
 * The matching itself: from a picture and words to ranked candidates, stage by stage, without journal, verdict
 * or limits. The matcher, the evaluation and the calibration all run this one.
 */

export interface Question {
  /** The picture, or the region of it that is asked about. */
  picture?: Look;
  /** A note beside the picture, or the whole question. */
  text?: string;
  filter?: IndexFilter;
}

export interface RankedCandidate extends Evidence {
  product: Product;
  confidence: number;
}

export interface Answer {
  stage: Stage;
  /** What the confidences rest on. */
  kind: EvidenceKind;
  candidates: RankedCandidate[];
  /** Probability that the product is in the catalogue at all. */
  presence: number;
  description: Description | null;
  timings: Record<string, number>;
  warnings: string[];
}

export interface AnswerOptions {
  /** Candidates that are compared pixel by pixel; 0 leaves the stage out. */
  verify: number;
  readText: boolean;
  readBarcodes: boolean;
  signal?: AbortSignal;
}

/** What looks at pixels beyond the encoder; runs in worker threads. */
export interface Sight {
  barcodes(picture: DecodedPicture, signal?: AbortSignal): Promise<{ format: string; text: string }[]>;
  /** Lines read off the picture, in reading order. */
  text(picture: DecodedPicture, signal?: AbortSignal): Promise<string[]>;
  /** Compares the picture with catalogue pictures, by their hashes; null where one could not be compared. */
  compare(
    picture: DecodedPicture,
    hashes: readonly string[],
    signal?: AbortSignal,
  ): Promise<({ inliers: number; points: Evidence["points"][number][] } | null)[]>;
}

export interface AnswererParts {
  catalog: Catalog;
  collection: Collection;
  textEncoder: TextEncoder;
  queryEncoder: QueryEncoder;
  sight: Sight;
  calibration: Calibration;
}

/** Products that a search brings up for the later stages to choose from. */
const BREADTH = 24;
/** Longest side, in pixels, that a query is compared and read at. */
const DETAIL_SIDE = 1280;
/** The same for barcodes: their bars are the finest thing that is looked for. */
const BARCODE_SIDE = 2560;
/** A text search goes deeper: it also says how near the texts of those are that the picture brought up. */
const TEXT_BREADTH = 200;
/** A barcode with a right check digit: what is left to doubt is a misprint or a wrong catalogue entry. */
const BARCODE_CONFIDENCE = 0.999;

export type Answerer = (question: Question, options: AnswerOptions) => AsyncGenerator<Answer, void>;

/** A clock that files the time since its last call under a name. */
function stopwatch(timings: Record<string, number>) {
  return async <T>(name: string, work: Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await work;
    } finally {
      timings[name] = Math.round((performance.now() - started) * 100) / 100;
    }
  };
}

export function createAnswerer({
  catalog,
  collection,
  textEncoder,
  queryEncoder,
  sight,
  calibration,
}: AnswererParts): Answerer {
  const blank = (sku: string): Evidence => ({
    sku,
    image: null,
    pictureHash: null,
    text: null,
    overlap: null,
    sharedWords: [],
    inliers: null,
    points: [],
    barcode: null,
  });

  /** Products of a picture's or a typed barcode, exactly. */
  async function byBarcode(codes: readonly string[], filter: IndexFilter | undefined): Promise<Evidence[]> {
    const found = await Promise.all(codes.map(async (code) => ({ code, product: await catalog.findByBarcode(code) })));
    return found.flatMap(({ code, product }) =>
      product === null || filter?.excludeSkus?.includes(product.sku) ? [] : [{ ...blank(product.sku), barcode: code }],
    );
  }

  /** Puts the candidates in order of their confidence; products that have just been deleted drop out. */
  async function rank(
    kind: EvidenceKind,
    pool: ReadonlyMap<string, Evidence>,
  ): Promise<Pick<Answer, "candidates" | "presence">> {
    const products = new Map((await catalog.getMany([...pool.keys()])).map((product) => [product.sku, product]));
    const evidences = [...pool.values()].filter((one) => products.has(one.sku));
    const coded = evidences.some((one) => one.barcode !== null);
    const others = coded ? 1 - BARCODE_CONFIDENCE : 1;
    const { confidences, presence } = judge(calibration, kind, evidences);
    const candidates = evidences
      .flatMap((evidence, index): RankedCandidate[] => {
        const product = products.get(evidence.sku);
        if (product === undefined) return [];
        const own = confidences[index] ?? 0;
        return [{ ...evidence, product, confidence: evidence.barcode === null ? own * others : BARCODE_CONFIDENCE }];
      })
      .sort((a, b) => b.confidence - a.confidence || (b.image ?? -1) - (a.image ?? -1) || a.sku.localeCompare(b.sku));
    return { candidates, presence: coded ? BARCODE_CONFIDENCE : presence };
  }

  /** Adds the text side to the candidates: nearest product texts, and a comparison with those the picture found. */
  async function compareText(
    pool: Map<string, Evidence>,
    text: string,
    words: ReadonlySet<string>,
    { filter, signal, join }: { filter: IndexFilter | undefined; signal: AbortSignal | undefined; join: boolean },
  ): Promise<void> {
    const abort = signal === undefined ? {} : { signal };
    const [vector] = await textEncoder.encode([text], { priority: "interactive", ...abort });
    if (vector === undefined) return;
    const request = { name: "text" as const, vector, limit: TEXT_BREADTH, ...(filter ? { filter } : {}), ...abort };
    for (const [place, hit] of (await collection.search(request)).entries()) {
      const known = pool.get(hit.sku);
      if (known !== undefined) pool.set(hit.sku, { ...known, text: hit.similarity });
      else if (join && place < BREADTH) pool.set(hit.sku, { ...blank(hit.sku), text: hit.similarity });
    }
    for (const product of await catalog.getMany([...pool.keys()])) {
      const known = pool.get(product.sku);
      if (known === undefined) continue;
      const { shared, overlap } = compareWords(words, product);
      pool.set(product.sku, { ...known, overlap, sharedWords: shared });
    }
  }

  async function* answerText(
    question: Question,
    text: string,
    { signal }: AnswerOptions,
  ): AsyncGenerator<Answer, void> {
    const timings: Record<string, number> = {};
    const time = stopwatch(timings);
    const pool = new Map<string, Evidence>();
    for (const one of await byBarcode([text.trim()], question.filter)) pool.set(one.sku, one);
    await time("search", compareText(pool, text, wordsOf(text), { filter: question.filter, signal, join: true }));
    yield {
      stage: "refined",
      kind: "text",
      ...(await rank("text", pool)),
      description: null,
      timings,
      warnings: [],
    };
  }

  async function* answerPicture(question: Question, look: Look, options: AnswerOptions): AsyncGenerator<Answer, void> {
    const { signal } = options;
    const { filter } = question;
    const abort = signal === undefined ? {} : { signal };
    const timings: Record<string, number> = {};
    const time = stopwatch(timings);
    const warnings: string[] = [];
    /** A later stage that fails costs its evidence, never the answer. */
    const spare = async <T>(what: string, work: Promise<T>, instead: T): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        warnings.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
        return instead;
      }
    };

    const readBarcodes = async () => sight.barcodes(await look(BARCODE_SIDE), signal);
    const compare = async (hashes: readonly string[]) => sight.compare(await look(DETAIL_SIDE), hashes, signal);
    const readLines = async () => sight.text(await look(DETAIL_SIDE), signal);

    const picture = await time("decode", look(WORKING_SIDE));
    const encoded = await time("encode", queryEncoder.encode(picture, abort));
    const hits = await time(
      "search",
      collection.search({
        name: "image",
        vector: encoded.embedding,
        limit: BREADTH,
        ...(filter ? { filter } : {}),
        ...abort,
      }),
    );
    const pool = new Map<string, Evidence>(
      hits.map((hit) => [hit.sku, { ...blank(hit.sku), image: hit.similarity, pictureHash: hit.pictureHash }]),
    );
    let description: Description = describeQuery(encoded);
    yield {
      stage: "visual",
      kind: "visual",
      ...(await rank("visual", pool)),
      description,
      timings: { ...timings },
      warnings: [],
    };

    // Barcodes and geometry look at the same pixels side by side.
    const leaders = [...pool.values()].slice(0, options.verify).filter((one) => one.pictureHash !== null);
    const [codes, compared] = await Promise.all([
      options.readBarcodes ? spare("Reading barcodes failed", time("barcodes", readBarcodes()), []) : [],
      leaders.length > 0
        ? spare(
            "Comparing details failed",
            time("verify", compare(leaders.flatMap((one) => one.pictureHash ?? []))),
            [],
          )
        : [],
    ]);
    leaders.forEach((leader, index) => {
      const result = compared[index];
      if (result) pool.set(leader.sku, { ...leader, inliers: result.inliers, points: result.points });
    });
    for (const found of await byBarcode(
      codes.map((code) => code.text),
      filter,
    )) {
      pool.set(found.sku, { ...(pool.get(found.sku) ?? found), barcode: found.barcode });
    }
    description = { ...description, barcodes: codes };
    const geometric: EvidenceKind = compared.some((one) => one !== null) ? "verified" : "visual";
    yield {
      stage: "verified",
      kind: geometric,
      ...(await rank(geometric, pool)),
      description,
      timings: { ...timings },
      warnings: [...warnings],
    };

    const lines = options.readText
      ? await spare("Reading the package's text failed", time("read", readLines()), [])
      : [];
    description = describeQuery(encoded, lines, codes);
    const said = [question.text ?? "", ...lines].filter((part) => part.trim() !== "").join(". ");
    const words = wordsOf(said);
    const worded = words.size > 0 && geometric === "verified";
    await spare(
      "Comparing the description failed",
      time(
        "describe",
        compareText(pool, said === "" ? description.caption : said, words, {
          filter,
          signal,
          join: worded || pool.size === 0,
        }),
      ),
      undefined,
    );
    const kind = worded ? "worded" : pool.size > 0 && hits.length === 0 ? "text" : geometric;
    yield {
      stage: "refined",
      kind,
      ...(await rank(kind, pool)),
      description,
      timings: { ...timings },
      warnings,
    };
  }

  return (question, options) => {
    if (question.picture !== undefined) return answerPicture(question, question.picture, options);
    const text = question.text?.trim() ?? "";
    if (text === "")
      throw new ShelfmatchError("INVALID_INPUT", "There is nothing to look for: give a picture, a text or both.");
    return answerText(question, text, options);
  };
}
