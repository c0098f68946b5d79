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
import type { Question } from "../engine/match/answer.ts";
import { BINS, type Calibration, confidences } from "../engine/match/calibration.ts";
import { type Evidence, type EvidenceKind, FEATURES, featuresOf } from "../engine/match/evidence.ts";
import { fit, type LogisticModel, type Sample } from "../engine/match/logistic.ts";
import { decodePicture } from "../engine/picture/decode.ts";
import type { Product } from "../shared/contract/domain.ts";

const ROOT = join(import.meta.dirname, "..");
const KINDS: readonly EvidenceKind[] = ["visual", "verified", "worded", "text"];
const ROUNDS = 1;
const FOLDS = 6;
const VERIFIED = 6;
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
    const ask = async (question: Question, product: Product, kinds: readonly EvidenceKind[]) => {
      for (const present of [true, false]) {
        const filter = present ? {} : { excludeSkus: [product.sku] };
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
          const picture = await decodePicture(bytes, { name: query.product.sku });
          const read =
            random() < UNRELATED ? [noise(random), noise(random)].join(" ") : noteFor(query.product, products, random);
          await ask({ picture, text: read }, query.product, ["visual", "verified", "worded"]);
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

function histogramsOf(kind: EvidenceKind, observations: readonly Observation[]) {
  const histograms = {
    right: new Array<number>(BINS).fill(0),
    wrong: new Array<number>(BINS).fill(0),
    absent: new Array<number>(BINS).fill(0),
  };
  const scores: { present: number[]; absent: number[] } = { present: [], absent: [] };
  const skus = [...new Set(observations.map((one) => one.sku))];
  const foldOf = new Map(skus.map((sku, index) => [sku, index % FOLDS]));
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = fit(samplesOf(observations.filter((one) => foldOf.get(one.sku) !== fold)));
    for (const one of observations.filter((other) => foldOf.get(other.sku) === fold)) {
      const judged = confidences(withModel(kind, model), kind, one.candidates);
      const best = judged.reduce((top, value, index) => (value > (judged[top] ?? 0) ? index : top), 0);
      const confidence = judged[best] ?? 0;
      const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
      const side = one.present ? (one.candidates[best]?.sku === one.sku ? "right" : "wrong") : "absent";
      histograms[side][bin] = (histograms[side][bin] ?? 0) + (one.present ? 1 : ABSENT_WEIGHT);
      scores[one.present ? "present" : "absent"].push(confidence);
    }
  }
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const recall = total(histograms.right) / (total(histograms.right) + total(histograms.wrong));
  console.error(
    `${kind.padEnd(9)} recall@1 ${recall.toFixed(3)}  AUROC ${auroc(scores.present, scores.absent).toFixed(3)}  n ${scores.present.length}`,
  );
  return histograms;
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
    const own = observations.filter((one) => one.kind === kind);
    calibration.kinds[kind] = { features: [...FEATURES[kind]], model: fit(samplesOf(own)), ...histogramsOf(kind, own) };
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
