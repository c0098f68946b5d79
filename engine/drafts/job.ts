import pLimit from "p-limit";
import type { Product } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Descriptions } from "../describe/descriptions.ts";
import { draftOf } from "../describe/words.ts";
import { lookAt } from "../picture/look.ts";
import type { DraftingMeter } from "./progress.ts";
import type { DraftStore } from "./store.ts";

interface DraftingJob {
  catalog: Catalog;
  descriptions: Descriptions;
  drafts: DraftStore;
  /** Of the describer, as it is now. */
  fingerprint: string;
  progress: DraftingMeter;
  signal: AbortSignal;
}

/** Products read at once. */
const PAGE = 200;
/** Pictures that the model is shown at once: matches come between. */
const AT_ONCE = 2;
/** Products in a row that fail before the job gives up: the service is ill, and not the pictures. */
const MOST_FAILURES = 10;

interface Wanted {
  sku: string;
  picture: string;
}

/** A product that has a picture, nothing said of it, and no draft that waits or was rejected. */
function wantedOf({ sku, description, pictures }: Product, { drafts, fingerprint }: DraftingJob): Wanted[] {
  const picture = pictures[0]?.hash;
  if (description.trim() !== "" || picture === undefined) return [];
  return drafts.settled(sku, picture, fingerprint) ? [] : [{ sku, picture }];
}

async function look(job: DraftingJob): Promise<Wanted[]> {
  const skus = await job.catalog.allSkus();
  const wanted: Wanted[] = [];
  for (let at = 0; at < skus.length; at += PAGE) {
    job.signal.throwIfAborted();
    const products = await job.catalog.getMany(skus.slice(at, at + PAGE));
    wanted.push(...products.flatMap((product) => wantedOf(product, job)));
  }
  return wanted;
}

async function draft({ sku, picture }: Wanted, job: DraftingJob): Promise<void> {
  const { catalog, descriptions, drafts, signal } = job;
  const { bytes } = await catalog.picture(picture, "full");
  const sighting = { look: lookAt(bytes, { name: `${sku}, picture ${picture.slice(0, 8)}` }), classes: [], text: [] };
  // What a person said of the very picture is better than what a model says.
  const said = descriptions.corrected(picture) ?? (await descriptions.describe(picture, sighting, { signal }));
  // Meanwhile it may have been described, or deleted.
  const [product] = await catalog.getMany([sku]);
  if (product === undefined || product.description.trim() !== "") return;
  const { words, fingerprint: describer } = said;
  drafts.put({ sku, picture, describer, words, description: draftOf(words), time: Date.now() });
  job.progress.drafted();
}

/**
 * Drafts a description for each product that wants one. A picture that can't be described fails its product alone.
 * @throws ShelfmatchError CANCELLED; what the service answered where it failed `MOST_FAILURES` times in a row
 */
export async function runDrafting(job: DraftingJob): Promise<void> {
  const { progress, signal } = job;
  const wanted = await look(job);
  progress.counted(wanted.length);
  const limit = pLimit(AT_ONCE);
  let inARow = 0;
  let last: unknown = null;
  const deal = async (one: Wanted) => {
    if (signal.aborted || inARow >= MOST_FAILURES) return;
    try {
      await draft(one, job);
      inARow = 0;
    } catch (error) {
      if (signal.aborted) return;
      inARow += 1;
      last = error;
      const { code, message } =
        error instanceof ShelfmatchError ? error : { code: "INTERNAL" as const, message: String(error) };
      progress.failed({ sku: one.sku, code, message });
    }
    progress.dealt();
  };
  await Promise.all(wanted.map((one) => limit(() => deal(one))));
  signal.throwIfAborted();
  if (inARow >= MOST_FAILURES) throw last;
}
