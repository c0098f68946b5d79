import type { Region } from "../../shared/contract/domain.ts";
import type { Candidate, MatchResult, Verdict } from "../../shared/contract/match.ts";
import { MATCH_WARNINGS } from "../../shared/match-warnings.ts";
import type { DecodedPicture } from "../picture/decode.ts";
import { type Homography, multiply } from "../verify/homography.ts";
import type { Answer } from "./answer.ts";
import type { Thresholds } from "./calibration.ts";
import type { RankedCandidate, Ranking } from "./ranking.ts";

interface ResultContext {
  runId: string;
  fingerprint: string;
  top: number;
  thresholds: Thresholds;
  calibrated: boolean;
  picture: DecodedPicture | undefined;
  region: Region | undefined;
  totalMs: number;
}

const round = (value: number, digits = 4) => Math.round(value * 10 ** digits) / 10 ** digits;

/** Another candidate that is more than one in so many times as likely as the first leaves it open which it is. */
const NEAR = 2;

/** Part of its variants' confidence from which the first one is told from them: nine times as likely as all the others. */
const TOLD = 0.9;

/**
 * @returns `none` by whether it is here at all, `match` by whether the first one is it. Where something was compared that
 *   nothing was measured of, a product may be here although all that is measured speaks against it.
 */
export function verdictOf(
  { candidates, presence, variants, unmeasured }: Ranking & Pick<Answer, "unmeasured">,
  { match, none }: Thresholds,
): Verdict {
  const [first, ...others] = candidates;
  if (first === undefined || (presence < none && !unmeasured)) return "none";
  // Half sure of each of two that look the same is sure of neither, however well the thing itself was recognised.
  const told = variants === undefined || variants.share >= TOLD;
  // All the others: words that nothing was measured of may have put a less likely one second.
  const alone = others.every(({ confidence }) => confidence * NEAR <= first.confidence);
  return first.confidence >= match && told && alone ? "match" : "similar";
}

/**
 * Where it is sure that it is one of the group, but not that it is the first of them, the picture does not tell them
 * apart, and any of them may be it.
 */
function variantsOf(
  { candidates, variants }: Pick<Ranking, "candidates" | "variants">,
  verdict: Verdict,
  { match }: Thresholds,
): MatchResult["variants"] {
  const [first] = candidates;
  if (variants === undefined || first === undefined || verdict === "none") return undefined;
  const told = verdict === "match";
  if (!told && variants.confidence < match) return undefined;
  const members = candidates.filter(({ sku }) => variants.skus.includes(sku));
  return {
    told,
    confidence: round(Math.max(variants.confidence, first.confidence)),
    products: members.map(({ sku, product }) => ({ sku, name: product.name })),
  };
}

/** Matched points come relative to what was encoded; callers know the whole picture. */
function inWholePicture(points: RankedCandidate["points"], region: Region | undefined): Candidate["points"] {
  return points.map(({ query: [x, y], catalogue }) => ({
    query:
      region === undefined
        ? [round(x), round(y)]
        : [round(region.x + x * region.width), round(region.y + y * region.height)],
    catalogue: [round(catalogue[0]), round(catalogue[1])],
  }));
}

/** A box comes relative to what was encoded, too. */
function boxInWholePicture(box: Region, region: Region = { x: 0, y: 0, width: 1, height: 1 }): Region {
  const [x, y] = [round(region.x + box.x * region.width), round(region.y + box.y * region.height)];
  return {
    x,
    y,
    width: Math.min(1 - x, round(box.width * region.width)),
    height: Math.min(1 - y, round(box.height * region.height)),
  };
}

/** So does the mapping of a grid. */
function differencesInWholePicture(
  differences: NonNullable<RankedCandidate["differences"]>,
  region: Region = { x: 0, y: 0, width: 1, height: 1 },
): NonNullable<Candidate["differences"]> {
  const whole: Homography = [region.width, 0, region.x, 0, region.height, region.y, 0, 0, 1];
  const { catalogue } = differences;
  const share = (value: number) => round(value);
  return {
    ...differences,
    catalogue: {
      ...{ x: share(catalogue.x), y: share(catalogue.y) },
      ...{ width: share(catalogue.width), height: share(catalogue.height) },
    },
    photo: [...multiply(whole, differences.photo)],
  };
}

function toCandidate(one: RankedCandidate, region: Region | undefined): Candidate {
  const { product } = one;
  const box = one.agreement?.box ?? one.part;
  return {
    sku: product.sku,
    name: product.name,
    category: product.category,
    brand: product.brand,
    price: product.price,
    currency: product.currency,
    picture: one.pictureHash ?? product.pictures[0]?.hash ?? null,
    confidence: round(one.confidence),
    similarity: {
      image: one.image === null ? null : round(one.image),
      text: one.text === null ? null : round(one.text),
      textToImage: one.textToImage === null ? null : round(one.textToImage),
      described: one.described === null ? null : round(one.described),
    },
    barcode: one.barcode,
    sharedWords: [...one.sharedWords],
    inliers: one.inliers,
    points: inWholePicture(one.points, region),
    ...(one.differences === null ? {} : { differences: differencesInWholePicture(one.differences, region) }),
    ...(box === null ? {} : { region: boxInWholePicture(box, region) }),
  };
}

/** The contract's answer: the candidates stay, whatever the verdict. */
export function toResult(answer: Answer, context: ResultContext): MatchResult {
  const { picture } = context;
  const warnings = [...answer.warnings];
  if (!context.calibrated) warnings.push(MATCH_WARNINGS.otherEncoder);
  const verdict = verdictOf(answer, context.thresholds);
  const variants = variantsOf(answer, verdict, context.thresholds);
  return {
    runId: context.runId,
    stage: answer.stage,
    verdict,
    ...(variants === undefined ? {} : { variants }),
    matches: answer.candidates.slice(0, context.top).map((one) => toCandidate(one, context.region)),
    description: answer.description,
    described: answer.described,
    describing: answer.describing,
    timings: { ...answer.timings, total: round(context.totalMs, 2) },
    picture:
      picture === undefined
        ? null
        : {
            hash: picture.contentHash,
            width: picture.originalWidth,
            height: picture.originalHeight,
            format: picture.format,
          },
    fingerprint: context.fingerprint,
    warnings,
  };
}
