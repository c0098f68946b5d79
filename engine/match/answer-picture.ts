import type { PictureDescription } from "../../shared/contract/describe.ts";
import type { Description } from "../../shared/contract/match.ts";
import { isServiceError, type ShelfmatchError } from "../../shared/errors.ts";
import { MATCH_WARNINGS } from "../../shared/match-warnings.ts";
import { textOfWords } from "../describe/words.ts";
import { WORKING_SIDE } from "../encode/views.ts";
import type { DecodedPicture } from "../picture/decode.ts";
import type { Look } from "../picture/look.ts";
import type { Answer, AnswererParts, AnswerOptions, Question } from "./answer.ts";
import { type Bookkeeping, createBookkeeping } from "./bookkeeping.ts";
import { addDescribed, inDescribedOrder, nearestTexts } from "./described.ts";
import { blankEvidence, type Evidence, type EvidenceKind } from "./evidence.ts";
import { BREADTH, createEvidenceFinder, type Searched } from "./evidence-finder.ts";
import { rememberProducts } from "./known-products.ts";
import { addCompared, type ComparedPicture, picturesToCompare } from "./leaders.ts";
import { type PartHit, searchParts } from "./parts.ts";
import { describeQuery, unseen } from "./query-encoder.ts";
import { createRanker, type Ranking } from "./ranking.ts";
import { wordsOf } from "./words.ts";

/** Longest side, in pixels, that a query is compared and read at. */
const DETAIL_SIDE = 1280;
/** The same for barcodes: their bars are the finest thing that is looked for. */
const BARCODE_SIDE = 2560;

interface Found {
  hits: PartHit[];
  encoded: ReturnType<typeof unseen>;
  /** Of what is seen, before anything is read. */
  looks: Description;
  /** Null where nothing could be searched. */
  side: Searched | null;
  /** Why the picture could not be searched by: a barcode may still name the product. */
  blocked: ShelfmatchError | null;
}

/** A picture, with or without a note, in the stages `visual`, `verified`, `refined` and, where a model is asked, `described`. */
export function createPictureAnswerer({ catalog, searched, sight, descriptions, calibration }: AnswererParts) {
  const { byBarcode, compareText } = createEvidenceFinder(catalog);

  async function find(
    picture: DecodedPicture,
    { filter, marked = false }: Question,
    { signal }: AnswerOptions,
    { time, warnings }: Bookkeeping,
  ): Promise<Found> {
    const abort = signal === undefined ? {} : { signal };
    let side: Searched | null = null;
    let encoded = unseen(picture);
    try {
      side = await searched();
      encoded = await time("encode", side.queryEncoder.encode(picture, !marked, abort));
      const search = searchParts(side.collection, encoded.vectors, { limit: BREADTH, filter, signal });
      const searching = time("search", search);
      // While the index searches in threads of its own.
      const looks = describeQuery(encoded);
      return { hits: await searching, encoded, looks, side, blocked: null };
    } catch (error) {
      if (!isServiceError(error)) throw error;
      warnings.push(`${MATCH_WARNINGS.onlyBarcodes}: ${error.message}`);
      return { hits: [], encoded, looks: describeQuery(encoded), side, blocked: error };
    }
  }

  return async function* answerPicture(
    question: Question,
    look: Look,
    options: AnswerOptions,
  ): AsyncGenerator<Answer, void> {
    const { signal } = options;
    const { filter } = question;
    const book = createBookkeeping(signal);
    const { time, spare } = book;
    const products = rememberProducts(catalog);
    const rank = createRanker(products, calibration());

    const readBarcodes = async () => sight.barcodes(await look(BARCODE_SIDE), signal);
    const compare = async (compared: readonly ComparedPicture[]) =>
      sight.compare(await look(DETAIL_SIDE), compared, signal);
    const readLines = async () => sight.text(await look(DETAIL_SIDE), signal);

    const picture = await time("decode", look(WORKING_SIDE));
    const { hits, encoded, looks, side, blocked } = await find(picture, question, options, book);
    const pool = new Map<string, Evidence>(
      hits.map(({ sku, similarity, pictureHash, part }) => [
        sku,
        { ...blankEvidence(sku), image: similarity, pictureHash, part },
      ]),
    );

    const given = async (stage: Answer["stage"], kind: EvidenceKind, description: Description): Promise<Answer> => ({
      stage,
      kind,
      fingerprint: side?.fingerprint ?? null,
      ...(await rank(kind, pool)),
      unmeasured: false,
      description,
      described: null,
      describing: false,
      ...book.soFar(),
    });

    if (blocked === null) yield given("visual", "visual", looks);

    // Barcodes and geometry look at the same pixels side by side.
    const leaders = [...pool.values()].slice(0, options.verify).filter((one) => one.pictureHash !== null);
    const pictures = picturesToCompare(leaders, await products(leaders.map((one) => one.sku)));
    const [codes, compared] = await Promise.all([
      options.readBarcodes ? spare(MATCH_WARNINGS.barcodes, time("barcodes", readBarcodes()), []) : [],
      pictures.length > 0 ? spare(MATCH_WARNINGS.details, time("verify", compare(pictures)), []) : [],
    ]);
    addCompared(pool, pictures, compared);
    const texts = codes.map((code) => code.text);
    for (const found of await byBarcode(texts, filter)) {
      pool.set(found.sku, { ...(pool.get(found.sku) ?? found), barcode: found.barcode });
    }
    if (blocked !== null && pool.size === 0) throw blocked;
    const geometric: EvidenceKind = compared.some((one) => one !== null) ? "verified" : "visual";
    yield given("verified", geometric, { ...looks, barcodes: codes });

    const lines = options.readText ? await spare(MATCH_WARNINGS.packageText, time("read", readLines()), []) : [];
    const description = describeQuery(encoded, lines, codes);
    // A person's words are a note, and count as one.
    const corrected = descriptions.corrected(picture.contentHash);
    const note = corrected === null ? "" : textOfWords(corrected.words);
    const said = [question.text ?? "", note, ...lines].filter((part) => part.trim() !== "").join(". ");
    const words = wordsOf(said);
    const worded = words.size > 0 && geometric === "verified";
    if (side !== null) {
      const text = said === "" ? description.caption : said;
      const join = worded || pool.size === 0;
      const comparing = compareText(pool, text, words, { searched: side, filter, signal, join, products });
      await spare(MATCH_WARNINGS.comparingDescription, time("describe", comparing), undefined);
    }
    const kind = worded ? "worded" : pool.size > 0 && hits.length === 0 ? "text" : geometric;

    const sighting = { look, classes: encoded.classes, text: lines };
    const describe = (): Promise<PictureDescription | null> =>
      descriptions.describe(picture.contentHash, sighting, { signal });
    const atOnce = descriptions.pace === "at-once" && corrected === null;
    const describing = !atOnce && corrected === null && options.describe === true;
    const described = atOnce ? await spare(MATCH_WARNINGS.describing, describe(), null) : corrected;
    const refined: Answer = { ...(await given("refined", kind, description)), described, describing };
    yield refined;
    if (!describing) return;

    const modelled = await spare(MATCH_WARNINGS.describing, time("describe by model", describe()), null);
    let ranking: Ranking = refined;
    if (modelled !== null && side !== null) {
      const searching = time("search by description", nearestTexts(modelled.words, side, { filter, signal }));
      const near = await spare(MATCH_WARNINGS.searchingDescription, searching, []);
      const joined = await addDescribed(pool, modelled.words, near, products);
      ranking = inDescribedOrder(refined, await rank(kind, joined));
    }
    const { variants: _, ...rest } = refined;
    yield { ...rest, ...ranking, stage: "described", described: modelled, describing: false, ...book.soFar() };
  };
}
