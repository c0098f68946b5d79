import type { PictureWords } from "../../shared/contract/describe.ts";
import { textOfWords } from "../describe/words.ts";
import type { Hit, IndexFilter } from "../index/port.ts";
import { blankEvidence, type Evidence } from "./evidence.ts";
import { BREADTH, type Searched, TEXT_BREADTH } from "./evidence-finder.ts";
import type { KnownProducts } from "./known-products.ts";
import type { RankedCandidate, Ranking } from "./ranking.ts";
import { compareWords, wordsOf } from "./words.ts";

/**
 * What a model's description adds to an answer that stands already. Nothing was fitted of how often it is right
 * (docs/decisions/0020-descriptions-in-the-match.md): it brings up products that nothing else found, and decides the order
 * of those that all the rest can hardly tell apart. Confidences, and what is said of the whole, stay as they were measured.
 */

/** How much more sure of another candidate the rest must be for the description not to put this one first: so many times. */
const NEAR = 2;
/** Below it confidences are all alike: nothing speaks for any of these. */
const NOTHING = 0.005;

/** Products whose texts are nearest to the description's, with the cosine. @throws ShelfmatchError as encoder and index */
export async function nearestTexts(
  words: PictureWords,
  { textEncoder, collection }: Pick<Searched, "textEncoder" | "collection">,
  { filter, signal }: { filter?: IndexFilter | undefined; signal?: AbortSignal | undefined },
): Promise<Hit[]> {
  const abort = signal === undefined ? {} : { signal };
  const [vector] = await textEncoder.encode([textOfWords(words)], { priority: "interactive", ...abort });
  if (vector === undefined) return [];
  return collection.search({ name: "text", vector, limit: TEXT_BREADTH, ...(filter ? { filter } : {}), ...abort });
}

/** A copy of the candidates with what the description adds: a cosine each, shared words, and candidates of its own. */
export async function addDescribed(
  pool: ReadonlyMap<string, Evidence>,
  words: PictureWords,
  hits: readonly Hit[],
  products: KnownProducts,
): Promise<Map<string, Evidence>> {
  const joined = new Map(pool);
  for (const [place, { sku, similarity }] of hits.entries()) {
    const known = pool.get(sku) ?? (place < BREADTH ? blankEvidence(sku) : undefined);
    if (known !== undefined) joined.set(sku, { ...known, described: similarity });
  }
  const said = wordsOf(textOfWords(words));
  const known = await products([...joined.keys()]);
  for (const [sku, evidence] of joined) {
    const product = known.get(sku);
    if (product === undefined) continue;
    const { shared } = compareWords(said, product);
    joined.set(sku, { ...evidence, sharedWords: [...new Set([...evidence.sharedWords, ...shared])] });
  }
  return joined;
}

/**
 * @param before as it stood without the description
 * @param after the same and more candidates, judged by the same kind of evidence
 * @returns those of `after`, each as sure as before, in the order of confidence and, among near equals, of the description
 */
export function inDescribedOrder(before: Ranking, after: Ranking): Ranking {
  const sure = new Map(before.candidates.map(({ sku, confidence }) => [sku, confidence]));
  const candidates = after.candidates.map((one) => ({ ...one, confidence: sure.get(one.sku) ?? one.confidence }));
  const described = candidates.filter((one) => one.described !== null).toSorted((a, b) => cosineOf(b) - cosineOf(a));
  // By places, as cosines of this describer's words mean nothing beside a confidence: the first has all, the next half.
  const share = new Map(described.map(({ sku }, place) => [sku, 1 / (place + 1)]));
  const score = ({ sku, confidence }: RankedCandidate) => (confidence + NOTHING) * NEAR ** (share.get(sku) ?? 0);
  const coded = ({ barcode }: RankedCandidate) => (barcode === null ? 0 : 1);
  candidates.sort((a, b) => coded(b) - coded(a) || score(b) - score(a) || b.confidence - a.confidence);
  return { candidates, presence: before.presence, ...variantsOf(candidates, before) };
}

/** The group is the first one's: of another first it is said anew what part it has of it, or nothing. */
function variantsOf([first, ...others]: readonly RankedCandidate[], { variants }: Ranking): Pick<Ranking, "variants"> {
  if (variants === undefined || first === undefined || !variants.skus.includes(first.sku)) return {};
  const rest = others.filter(({ sku }) => variants.skus.includes(sku));
  const sum = rest.reduce((total, { confidence }) => total + confidence, first.confidence);
  return { variants: { ...variants, share: sum > 0 ? first.confidence / sum : 1 / (rest.length + 1) } };
}

const cosineOf = ({ described }: RankedCandidate) => described ?? Number.NEGATIVE_INFINITY;
