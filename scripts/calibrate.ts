/**
 * Measures the shipped calibration anew: imports the sample catalogue into an empty data folder, asks made queries with
 * their product present and left out, fits one logistic model a kind of evidence, and writes
 * `engine/match/calibration.json`. Confidences in the histograms are out of fold: no product judges itself.
 *
 * Run it after every change of the image encoder, the views or the verification:  node scripts/calibrate.ts
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { loadConfig } from "../engine/config/load.ts";
import { createEngine } from "../engine/engine.ts";
import { planQueries } from "../engine/evaluate/evaluator.ts";
import { auroc, seededRandom } from "../engine/evaluate/metrics.ts";
import { makeQuery } from "../engine/evaluate/transformations.ts";
import { type Question, VERIFIED } from "../engine/match/answer.ts";
import { BINS, type Calibration, judge } from "../engine/match/calibration.ts";
import { type Evidence, type EvidenceKind, FEATURES, featuresOf } from "../engine/match/evidence.ts";
import { fit, type LogisticModel, type Sample } from "../engine/match/logistic.ts";
import { lookAt } from "../engine/picture/look.ts";
import type { Product } from "../shared/contract/domain.ts";

const ROOT = join(import.meta.dirname, "..");
const KINDS: readonly EvidenceKind[] = ["visual", "verified", "worded", "text"];
const ROUNDS = 2;
const FOLDS = 6;
/** Absent products count half: about one photo in three shows a thing that the catalogue does not have. */
const ABSENT_WEIGHT = 0.5;
/** Share of pictures whose text has nothing to do with the catalogue's words. */
const UNRELATED = 0.35;

interface Observation {
  kind: EvidenceKind;
  sku: string;
  present: boolean;
  candidates: Evidence[];
}

/** A word that no product has: what a reader makes of a pattern, a foreign label or a neighbour's package. */
function noise(random: () => number): string {
  return Array.from({ length: 3 + Math.floor(random() * 6) }, () =>
    String.fromCharCode(97 + Math.floor(random() * 26)),
  ).join("");
}

/** What a package, or a person's note, might say of the product: a few of its words, now and then a wrong one. */
function noteFor(product: Product, others: readonly Product[], random: () => number): string {
  const pick = (text: string, most: number) => {
    const words = text.split(/\s+/).filter((word) => word.length > 2);
    return words.sort(() => random() - 0.5).slice(0, 1 + Math.floor(random() * most));
  };
  const other = others[Math.floor(random() * others.length)] ?? product;
  const own =
    random() < 0.75 ? pick(`${product.name} ${product.brand} ${product.category}`, 3) : pick(product.description, 5);
  const wrong = random() < 0.2 ? pick(`${other.name} ${other.description}`, 2) : [];
  return [...own, ...wrong].join(" ");
}

function untrained(): Calibration {
  const zeros = new Array<number>(BINS).fill(0);
  const stage = (kind: EvidenceKind) => {
    const features = [...FEATURES[kind]];
    const weights = features.map(() => 1);
    return {
      features,
      model: { mean: features.map(() => 0), scale: features.map(() => 1), weights, bias: 0 },
      right: zeros,
      wrong: zeros,
      absent: zeros,
    };
  };
  return {
    fingerprint: "",
    measuredOn: "",
    kinds: { visual: stage("visual"), verified: stage("verified"), worded: stage("worded"), text: stage("text") },
  };
}

async function observe(
  folder: string,
): Promise<{ fingerprint: string; observations: Observation[]; products: number }> {
  const config = await loadConfig({ dataFolder: folder });
  const engine = await createEngine({ dataFolder: folder, config, onNotice: console.error, calibration: untrained() });
  try {
    const { catalog, importer } = engine.services;
    const { importId } = await importer.start({ kind: "path", path: join(ROOT, "seed", "products.csv") });
    for await (const progress of importer.watch(importId)) if (progress.error) throw new Error(progress.error.message);
    const products = await catalog.getMany(await catalog.allSkus());
    const observations: Observation[] = [];
    const ask = async (
      question: Question,
      product: Product,
      kinds: readonly EvidenceKind[],
      alsoShown: readonly string[] = [],
    ) => {
      for (const present of [true, false]) {
        const filter = { excludeSkus: [...alsoShown, ...(present ? [] : [product.sku])] };
        for await (const { kind, candidates } of engine.parts.answer(
          { ...question, filter },
          { verify: VERIFIED, readText: false, readBarcodes: false },
        )) {
          if (kinds.includes(kind)) observations.push({ kind, sku: product.sku, present, candidates });
        }
      }
    };
    const limit = pLimit(3);
    const rounds = Array.from({ length: ROUNDS }, (_, round) => planQueries(products, 1000 + round)).flat();
    let done = 0;
    await Promise.all(
      rounds.map((query) =>
        limit(async () => {
          const random = seededRandom(query.seed);
          const file = await catalog.picture(query.picture, "full");
          const behind = query.behind === null ? null : (await catalog.picture(query.behind, "full")).bytes;
          const bytes = await makeQuery(file.bytes, query.transformation, random, behind);
          const picture = lookAt(bytes, { name: query.product.sku });
          const read =
            random() < UNRELATED ? [noise(random), noise(random)].join(" ") : noteFor(query.product, products, random);
          await ask({ picture, text: read }, query.product, ["visual", "verified", "worded"], query.alsoShown);
          await ask({ text: noteFor(query.product, products, random) }, query.product, ["text"]);
          if (++done % 50 === 0) console.error(`${done} of ${rounds.length} queries`);
        }),
      ),
    );
    return { fingerprint: (await engine.services.health()).fingerprint.image, observations, products: products.length };
  } finally {
    await engine.close();
  }
}

/** "Verified" answers without any comparison (all candidates unverified) keep the visual kind, so each kind's samples are its own. */
function samplesOf(observations: readonly Observation[]): Sample[] {
  return observations.flatMap(({ kind, sku, present, candidates }) =>
    featuresOf(kind, candidates).map((features, index): Sample => {
      const label = present && candidates[index]?.sku === sku ? 1 : 0;
      return { features, label, weight: present ? 1 : ABSENT_WEIGHT };
    }),
  );
}

/** The first candidate of an answer, judged by a model that saw none of its product's queries. */
interface Judged {
  confidence: number;
  side: "right" | "wrong" | "absent";
}

function judgeOutOfFold(kind: EvidenceKind, observations: readonly Observation[], scaling: Scaling): Judged[] {
  const skus = [...new Set(observations.map((one) => one.sku))];
  const foldOf = new Map(skus.map((sku, index) => [sku, index % FOLDS]));
  return Array.from({ length: FOLDS }, (_, fold) => {
    const model = scaled(fit(samplesOf(observations.filter((one) => foldOf.get(one.sku) !== fold))), scaling);
    return observations
      .filter((one) => foldOf.get(one.sku) === fold)
      .map((one): Judged => {
        const { confidences: judged } = judge(withModel(kind, model), kind, one.candidates);
        const best = judged.reduce((top, value, index) => (value > (judged[top] ?? 0) ? index : top), 0);
        const right = one.candidates[best]?.sku === one.sku;
        return { confidence: judged[best] ?? 0, side: one.present ? (right ? "right" : "wrong") : "absent" };
      });
  }).flat();
}

const weightOf = ({ side }: Judged) => (side === "absent" ? ABSENT_WEIGHT : 1);

/** Platt scaling (1999): stretches and shifts the log-odds, so that the first candidates' confidences are frequencies. */
interface Scaling {
  slope: number;
  shift: number;
}

function scaled({ mean, scale, weights, bias }: LogisticModel, { slope, shift }: Scaling): LogisticModel {
  return { mean, scale, weights: weights.map((weight) => weight * slope), bias: bias * slope + shift };
}

function scalingOf(judged: readonly Judged[]): Scaling {
  const logit = (p: number) => Math.log(Math.max(p, 1e-6) / Math.max(1 - p, 1e-6));
  const { mean, scale, weights, bias } = fit(
    judged.map((one) => ({
      features: [logit(one.confidence)],
      label: one.side === "right" ? 1 : 0,
      weight: weightOf(one),
    })),
    0.01,
  );
  const slope = (weights[0] ?? 1) / (scale[0] ?? 1);
  return { slope, shift: bias - slope * (mean[0] ?? 0) };
}

function histogramsOf(judged: readonly Judged[]) {
  const empty = () => new Array<number>(BINS).fill(0);
  const histograms = { right: empty(), wrong: empty(), absent: empty() };
  for (const one of judged) {
    const bin = Math.min(BINS - 1, Math.floor(one.confidence * BINS));
    const histogram = histograms[one.side];
    histogram[bin] = (histogram[bin] ?? 0) + weightOf(one);
  }
  return histograms;
}

/** Expected calibration error over ten equal bins (Naeini et al., 2015). */
function calibrationError(judged: readonly Judged[]): number {
  const total = judged.reduce((sum, one) => sum + weightOf(one), 0);
  const bins = Map.groupBy(judged, (one) => Math.min(9, Math.floor(one.confidence * 10)));
  return [...bins.values()].reduce((error, bin) => {
    const gap = bin.reduce((sum, one) => sum + weightOf(one) * ((one.side === "right" ? 1 : 0) - one.confidence), 0);
    return error + Math.abs(gap) / total;
  }, 0);
}

function calibrate(
  kind: EvidenceKind,
  observations: readonly Observation[],
): NonNullable<Calibration["kinds"][EvidenceKind]> {
  const scaling = scalingOf(judgeOutOfFold(kind, observations, { slope: 1, shift: 0 }));
  const judged = judgeOutOfFold(kind, observations, scaling);
  const share = (side: Judged["side"]) => judged.filter((one) => one.side === side);
  const present = [...share("right"), ...share("wrong")];
  const area = auroc(
    present.map((one) => one.confidence),
    share("absent").map((one) => one.confidence),
  );
  console.error(
    `${kind.padEnd(9)} recall@1 ${(share("right").length / present.length).toFixed(3)}  AUROC ${area.toFixed(3)}  ` +
      `ECE ${calibrationError(judged).toFixed(3)}  n ${present.length}`,
  );
  return {
    features: [...FEATURES[kind]],
    model: scaled(fit(samplesOf(observations)), scaling),
    ...histogramsOf(judged),
  };
}

function withModel(kind: EvidenceKind, model: LogisticModel): Calibration {
  const base = untrained();
  return { ...base, kinds: { ...base.kinds, [kind]: { ...base.kinds[kind], model } } };
}

const folder = await mkdtemp(join(tmpdir(), "shelfmatch-calibrate-"));
try {
  const { fingerprint, observations, products } = await observe(folder);
  const calibration = untrained();
  for (const kind of KINDS) {
    calibration.kinds[kind] = calibrate(
      kind,
      observations.filter((one) => one.kind === kind),
    );
  }
  calibration.fingerprint = fingerprint;
  calibration.measuredOn = `${observations.length} answers on ${products} products of the sample catalogue, ${ROUNDS} rounds of made queries`;
  const rounded = JSON.stringify(calibration, (_, value) =>
    typeof value === "number" ? Number(value.toPrecision(6)) : value,
  );
  await writeFile(join(ROOT, "engine", "match", "calibration.json"), `${rounded}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
