import { isServiceError } from "../../shared/errors.ts";
import { MATCH_WARNINGS } from "../../shared/match-warnings.ts";
import type { Hit } from "../index/port.ts";
import type { Answer, AnswererParts, AnswerOptions, Question } from "./answer.ts";
import { createBookkeeping } from "./bookkeeping.ts";
import { addDepicted, inBothOrders } from "./depicted.ts";
import type { Evidence, EvidenceKind } from "./evidence.ts";
import { BREADTH, createEvidenceFinder, type Searched } from "./evidence-finder.ts";
import { rememberProducts } from "./known-products.ts";
import { createRanker } from "./ranking.ts";
import { wordsOf } from "./words.ts";

type Parts = Pick<AnswererParts, "catalog" | "searched" | "calibration">;

/** Words alone, in one stage: a barcode, the products' texts, and their pictures where the image encoder has a sister. */
export function createTextAnswerer({ catalog, searched, calibration: inForce }: Parts) {
  const { byBarcode, compareText, byPictures } = createEvidenceFinder(catalog);

  return async function* answerText(
    question: Question,
    text: string,
    { signal }: AnswerOptions,
  ): AsyncGenerator<Answer, void> {
    const { timings, warnings, time, spare } = createBookkeeping(signal);
    const products = rememberProducts(catalog);
    const calibration = inForce();
    const rank = createRanker(products, calibration);
    const pool = new Map<string, Evidence>();
    for (const one of await byBarcode([text.trim()], question.filter)) pool.set(one.sku, one);
    let side: Searched | null = null;
    let depicted: Hit[] | null = null;
    try {
      side = await searched();
      const words = wordsOf(text);
      const options = { searched: side, filter: question.filter, signal, join: true, products };
      const missing = MATCH_WARNINGS.textsAlone;
      depicted = await spare(missing, time("pictures", byPictures(text, options)), null);
      if (depicted === null) delete timings.pictures;
      addDepicted(pool, depicted ?? [], BREADTH);
      await time("search", compareText(pool, text, words, options));
      // Those that only their texts brought up have pictures, too.
      addDepicted(pool, depicted ?? [], 0);
    } catch (error) {
      // A typed barcode that was found needs no search.
      if (!isServiceError(error) || pool.size === 0) throw error;
      warnings.push(`${MATCH_WARNINGS.onlyBarcodes}: ${error.message}`);
    }
    const fingerprint = side?.fingerprint ?? null;
    const measured = calibration.kinds.depicted !== undefined && calibration.fingerprint === fingerprint;
    const kind: EvidenceKind = depicted !== null && measured ? "depicted" : "text";
    const unmeasured = depicted !== null && !measured;
    const ranking = await rank(kind, pool);
    if (unmeasured) warnings.push(MATCH_WARNINGS.unmeasuredWords);
    yield {
      stage: "refined",
      kind,
      fingerprint,
      ...ranking,
      ...(unmeasured ? { candidates: inBothOrders(ranking.candidates) } : {}),
      unmeasured,
      description: null,
      described: null,
      describing: false,
      timings,
      warnings,
    };
  };
}
