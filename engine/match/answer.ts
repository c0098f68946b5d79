import type { PictureDescription } from "../../shared/contract/describe.ts";
import type { Description, Stage } from "../../shared/contract/match.ts";
import { isServiceError, ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Descriptions } from "../describe/descriptions.ts";
import { textOfWords } from "../describe/words.ts";
import { WORKING_SIDE } from "../encode/views.ts";
import type { Hit, IndexFilter } from "../index/port.ts";
import type { Look } from "../picture/look.ts";
import type { Sight } from "../sight/port.ts";
import type { Calibration } from "./calibration.ts";
import { addDepicted, inBothOrders, UNMEASURED } from "./depicted.ts";
import { addDescribed, inDescribedOrder, nearestTexts } from "./described.ts";
import { blankEvidence, type Evidence, type EvidenceKind } from "./evidence.ts";
import { BREADTH, createEvidenceFinder, type Searched } from "./evidence-finder.ts";
import { rememberProducts } from "./known-products.ts";
import { addCompared, picturesToCompare } from "./leaders.ts";
import { describeQuery, unseen } from "./query-encoder.ts";
import { createRanker, type Ranking } from "./ranking.ts";
import { wordsOf } from "./words.ts";

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

export interface Answer extends Ranking {
  stage: Stage;
  /** What the confidences rest on. */
  kind: EvidenceKind;
  /** Of the encoder that was searched with; null where none could be. */
  fingerprint: string | null;
  description: Description | null;
  /** The picture in words; null until there are some. */
  described: PictureDescription | null;
  /** Whether a stage `described` follows, some time. */
  describing: boolean;
  /** Whether something was compared that no confidence speaks of: that the product is not here can't be said then. */
  unmeasured: boolean;
  timings: Record<string, number>;
  warnings: string[];
}

export interface AnswerOptions {
  /** Candidates that are compared pixel by pixel; 0 leaves the stage out. */
  verify: number;
  readText: boolean;
  readBarcodes: boolean;
  /** Whether a model that takes its time describes the picture, in a stage behind all others. */
  describe?: boolean;
  signal?: AbortSignal;
}

export interface AnswererParts {
  catalog: Catalog;
  /** What to search with; asked once a question, because it changes when a catalogue was embedded anew. */
  searched(): Promise<Searched>;
  sight: Sight;
  descriptions: Descriptions;
  /** Asked once a question: it may be fitted anew while the app is open. */
  calibration(): Calibration;
}

/**
 * Candidates that are compared pixel by pixel: all that the search brings up. On photos taken at a shelf the right product
 * is fifth as often as it is first, and a comparison costs a fifth of the encoder's pass.
 */
export const VERIFIED = BREADTH;
/** Longest side, in pixels, that a query is compared and read at. */
const DETAIL_SIDE = 1280;
/** The same for barcodes: their bars are the finest thing that is looked for. */
const BARCODE_SIDE = 2560;

export type Answerer = (question: Question, options: AnswerOptions) => AsyncGenerator<Answer, void>;

const NOT_DESCRIBED = { described: null, describing: false };

const roundMs = (ms: number) => Math.round(ms * 100) / 100;

/** A clock that files the time since its last call under a name. */
function stopwatch(timings: Record<string, number>) {
  return async <T>(name: string, work: Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await work;
    } finally {
      timings[name] = roundMs(performance.now() - started);
    }
  };
}

export function createAnswerer({
  catalog,
  searched,
  sight,
  descriptions,
  calibration: inForce,
}: AnswererParts): Answerer {
  const { byBarcode, compareText, byPictures } = createEvidenceFinder(catalog);

  async function* answerText(
    question: Question,
    text: string,
    { signal }: AnswerOptions,
  ): AsyncGenerator<Answer, void> {
    const timings: Record<string, number> = {};
    const time = stopwatch(timings);
    const products = rememberProducts(catalog);
    const calibration = inForce();
    const rank = createRanker(products, calibration);
    const warnings: string[] = [];
    const pool = new Map<string, Evidence>();
    for (const one of await byBarcode([text.trim()], question.filter)) pool.set(one.sku, one);
    let side: Searched | null = null;
    let depicted: Hit[] | null = null;
    try {
      side = await searched();
      const words = wordsOf(text);
      const options = { searched: side, filter: question.filter, signal, join: true, products };
      const started = performance.now();
      depicted = await byPictures(text, options).catch((error: unknown) => {
        if (signal?.aborted) throw signal.reason;
        const why = error instanceof Error ? error.message : String(error);
        warnings.push(`The words were compared with texts alone, not with pictures: ${why}`);
        return null;
      });
      if (depicted !== null) timings.pictures = roundMs(performance.now() - started);
      addDepicted(pool, depicted ?? [], BREADTH);
      await time("search", compareText(pool, text, words, options));
      // Those that only their texts brought up have pictures, too.
      addDepicted(pool, depicted ?? [], 0);
    } catch (error) {
      // A typed barcode that was found needs no search.
      if (!isServiceError(error) || pool.size === 0) throw error;
      warnings.push(`Only barcodes were looked for: ${error.message}`);
    }
    const fingerprint = side?.fingerprint ?? null;
    const measured = calibration.kinds.depicted !== undefined && calibration.fingerprint === fingerprint;
    const kind: EvidenceKind = depicted !== null && measured ? "depicted" : "text";
    const unmeasured = depicted !== null && !measured;
    const ranking = await rank(kind, pool);
    if (unmeasured) warnings.push(UNMEASURED);
    yield {
      stage: "refined",
      kind,
      fingerprint,
      ...ranking,
      ...(unmeasured ? { candidates: inBothOrders(ranking.candidates) } : {}),
      unmeasured,
      description: null,
      ...NOT_DESCRIBED,
      timings,
      warnings,
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

    const products = rememberProducts(catalog);
    const rank = createRanker(products, inForce());
    const picture = await time("decode", look(WORKING_SIDE));
    let encoded = unseen(picture);
    let description: Description = describeQuery(encoded);
    let hits: Hit[] = [];
    /** Why the picture could not be searched by: a barcode may still name the product. */
    let blocked: ShelfmatchError | null = null;
    let side: Searched | null = null;
    try {
      side = await searched();
      encoded = await time("encode", side.queryEncoder.encode(picture, abort));
      const request = { name: "image" as const, vector: encoded.embedding, limit: BREADTH, ...abort };
      const searching = time("search", side.collection.search(filter ? { ...request, filter } : request));
      // While the index searches in threads of its own.
      description = describeQuery(encoded);
      hits = await searching;
    } catch (error) {
      if (!isServiceError(error)) throw error;
      blocked = error;
      warnings.push(`Only barcodes were looked for: ${error.message}`);
    }
    const pool = new Map<string, Evidence>(
      hits.map((hit) => [hit.sku, { ...blankEvidence(hit.sku), image: hit.similarity, pictureHash: hit.pictureHash }]),
    );
    if (blocked === null) {
      yield {
        stage: "visual",
        kind: "visual",
        fingerprint: side?.fingerprint ?? null,
        ...(await rank("visual", pool)),
        unmeasured: false,
        description,
        ...NOT_DESCRIBED,
        timings: { ...timings },
        warnings: [],
      };
    }

    // Barcodes and geometry look at the same pixels side by side.
    const leaders = [...pool.values()].slice(0, options.verify).filter((one) => one.pictureHash !== null);
    const pictures = picturesToCompare(leaders, await products(leaders.map((one) => one.sku)));
    const [codes, compared] = await Promise.all([
      options.readBarcodes ? spare("Reading barcodes failed", time("barcodes", readBarcodes()), []) : [],
      pictures.length > 0
        ? spare("Comparing details failed", time("verify", compare(pictures.map(({ hash }) => hash))), [])
        : [],
    ]);
    addCompared(pool, pictures, compared);
    for (const found of await byBarcode(
      codes.map((code) => code.text),
      filter,
    )) {
      pool.set(found.sku, { ...(pool.get(found.sku) ?? found), barcode: found.barcode });
    }
    if (blocked !== null && pool.size === 0) throw blocked;
    description = { ...description, barcodes: codes };
    const geometric: EvidenceKind = compared.some((one) => one !== null) ? "verified" : "visual";
    yield {
      stage: "verified",
      kind: geometric,
      fingerprint: side?.fingerprint ?? null,
      ...(await rank(geometric, pool)),
      unmeasured: false,
      description,
      ...NOT_DESCRIBED,
      timings: { ...timings },
      warnings: [...warnings],
    };

    const lines = options.readText
      ? await spare("Reading the package's text failed", time("read", readLines()), [])
      : [];
    description = describeQuery(encoded, lines, codes);
    const sighting = { look, classes: encoded.classes, text: lines };
    const describePicture = () => descriptions.describe(picture.contentHash, sighting, { signal });
    // A person's words are a note, and count as one.
    const corrected = descriptions.corrected(picture.contentHash);
    const note = corrected === null ? "" : textOfWords(corrected.words);
    const said = [question.text ?? "", note, ...lines].filter((part) => part.trim() !== "").join(". ");
    const words = wordsOf(said);
    const worded = words.size > 0 && geometric === "verified";
    if (side !== null) {
      await spare(
        "Comparing the description failed",
        time(
          "describe",
          compareText(pool, said === "" ? description.caption : said, words, {
            searched: side,
            filter,
            signal,
            join: worded || pool.size === 0,
            products,
          }),
        ),
        undefined,
      );
    }
    const kind = worded ? "worded" : pool.size > 0 && hits.length === 0 ? "text" : geometric;
    const atOnce = descriptions.pace === "at-once" && corrected === null;
    const describing = !atOnce && corrected === null && options.describe === true;
    const refined: Answer = {
      stage: "refined",
      kind,
      fingerprint: side?.fingerprint ?? null,
      ...(await rank(kind, pool)),
      unmeasured: false,
      description,
      described: atOnce ? await spare("Describing the picture failed", describePicture(), null) : corrected,
      describing,
      timings: { ...timings },
      warnings: [...warnings],
    };
    yield refined;
    if (!describing) return;

    const described = await spare("Describing the picture failed", time("describe by model", describePicture()), null);
    let ranking: Ranking = refined;
    if (described !== null && side !== null) {
      const { words } = described;
      const searching = time("search by description", nearestTexts(words, side, { filter, signal }));
      const near = await spare("Searching by the description failed", searching, []);
      const joined = await addDescribed(pool, words, near, products);
      ranking = inDescribedOrder(refined, await rank(kind, joined));
    }
    const { variants: _, ...rest } = refined;
    yield {
      ...rest,
      ...ranking,
      stage: "described",
      described,
      describing: false,
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
