/**
 * Measures the shipped calibration anew: imports the sample catalogue, with made sisters of a sixth of its products, into an
 * empty data folder, asks made queries with their product present and left out, fits one logistic model a kind of evidence, and writes
 * `engine/match/calibration.json`. Confidences in the histograms are out of fold: no product judges itself.
 *
 * Run it after every change of the image encoder, the views or the verification:  node scripts/calibrate.ts
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  calibrationError,
  type FittedStage,
  fitStage,
  type Judged,
  roundCalibration,
  untrained,
} from "../engine/calibrate/fit.ts";
import type { Observation } from "../engine/calibrate/observation.ts";
import { observeMadeQueries } from "../engine/calibrate/observe.ts";
import { loadConfig } from "../engine/config/load.ts";
import { createEngine } from "../engine/engine.ts";
import { auroc } from "../engine/evaluate/metrics.ts";
import type { Transformation } from "../engine/evaluate/transformations.ts";
import type { EvidenceKind } from "../engine/match/evidence.ts";
import { pairOf, writeCatalogueWithSisters } from "./calibrate/sisters.ts";

const ROOT = join(import.meta.dirname, "..");
const KINDS: readonly EvidenceKind[] = ["visual", "verified", "worded", "text"];
/** Rounds of queries of all kinds, and of photos made as at a shelf, which are what the app is for. */
const ROUNDS = { all: 1, shelf: 2 };
/**
 * What a query of a product with a sister counts, and its sister's: left out, such a product leaves behind what no photo tells
 * from it for sure. Without them nothing is learnt about that; with their full weight every catalogue would be taken for one of
 * flavours, and hardly any answer for certain.
 */
const SISTER_WEIGHT = 0.2;

async function observe(
  folder: string,
): Promise<{ fingerprint: string; observations: Observation[]; products: number }> {
  const config = await loadConfig({ dataFolder: folder });
  const engine = await createEngine({ dataFolder: folder, config, onNotice: console.error, calibration: untrained() });
  try {
    const { catalog, importer } = engine.services;
    const path = await writeCatalogueWithSisters(join(ROOT, "seed", "products.csv"), join(folder, "source"));
    const { importId } = await importer.start({ kind: "path", path });
    for await (const progress of importer.watch(importId)) if (progress.error) throw new Error(progress.error.message);
    const products = await catalog.getMany(await catalog.allSkus());
    const observeOnce = (rounds: number, seed: number, transformations?: readonly Transformation[]) =>
      observeMadeQueries({
        catalog,
        answer: engine.parts.answer,
        products,
        rounds,
        seed,
        ...(transformations === undefined ? {} : { transformations }),
        atOnce: 3,
        onProgress: (done, total) => {
          if (done % 50 === 0) console.error(`${done} of ${total} queries`);
        },
      });
    const observations = [
      ...(await observeOnce(ROUNDS.all, 1000)),
      ...(await observeOnce(ROUNDS.shelf, 2000, ["shelf"])),
    ];
    const paired = new Set(products.flatMap(({ sku }) => pairOf(sku)));
    return {
      fingerprint: (await engine.services.health()).fingerprint.image,
      observations: observations.map((one) => (paired.has(one.sku) ? { ...one, weight: SISTER_WEIGHT } : one)),
      products: products.length,
    };
  } finally {
    await engine.close();
  }
}

/** Fits one kind and says how well. */
function calibrate(kind: EvidenceKind, observations: readonly Observation[]): FittedStage {
  const { stage, judged } = fitStage(kind, observations);
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
  return stage;
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
  calibration.measuredOn = `${observations.length} answers on ${products} products of the sample catalogue and made sisters, made queries of nine kinds`;
  const rounded = JSON.stringify(roundCalibration(calibration));
  await writeFile(join(ROOT, "engine", "match", "calibration.json"), `${rounded}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
