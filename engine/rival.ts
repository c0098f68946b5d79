import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { ShelfmatchError } from "../shared/errors.ts";
import { type AdapterContext, type Encoders, openEncoders, withImageModel } from "./adapters.ts";
import type { Catalog } from "./catalog/port.ts";
import type { LoadedConfig } from "./config/load.ts";
import { createEncodingCache } from "./encode/cache.ts";
import type { OpenRival } from "./evaluate/rival.ts";
import { openEmbeddedIndex } from "./index/embedded/embedded.ts";
import type { Collection } from "./index/port.ts";
import { closePart } from "./lib/close-part.ts";
import { type Answerer, type AnswererParts, createAnswerer } from "./match/answer.ts";
import { createSides } from "./sides.ts";

/**
 * Embeds the catalogue by another encoder for one evaluation. Its vectors lie in an index of their own: in the one that is
 * searched they would look like a change of encoders, and a service of the stack may be shared.
 */

interface RivalsOptions extends Omit<AnswererParts, "searched"> {
  context: AdapterContext;
  /** As it is now: the rival differs by its model alone. */
  config: LoadedConfig;
  /** Of the image encoder that is searched with. */
  searchedFingerprint(): Promise<string>;
  /** Notes the answers that are at work. */
  watch(answer: Answerer): Answerer;
}

/** In the data folder; whatever a crash leaves there is removed by the next evaluation that needs it. */
const FOLDER = "rival-encoders";
/** Products embedded between two looks at whether a match is at work. */
const BATCH = 16;

interface Filling {
  catalog: Catalog;
  collection: Collection;
  embed: ReturnType<ReturnType<typeof createSides>>["embed"];
}

/** @returns how many products could not be embedded */
async function fill(
  { catalog, collection, embed }: Filling,
  { breathe, onEmbedded, signal }: Parameters<OpenRival>[1],
): Promise<number> {
  const skus = await catalog.allSkus();
  let failed = 0;
  for (let done = 0; done < skus.length; done += BATCH) {
    onEmbedded(done, skus.length);
    await breathe();
    signal.throwIfAborted();
    const jobs = await catalog.jobs(skus.slice(done, done + BATCH));
    const outcomes = await Promise.allSettled(jobs.map((job) => embed(job, signal)));
    signal.throwIfAborted();
    const products = [];
    for (const [at, outcome] of outcomes.entries()) {
      const sku = jobs[at]?.product.sku ?? "";
      if (outcome.status === "fulfilled") products.push({ sku, points: outcome.value });
      // A product whose picture is broken says nothing of the encoder; a service that is away ends the evaluation.
      else if (outcome.reason instanceof ShelfmatchError && !outcome.reason.retryable) failed++;
      else throw outcome.reason;
    }
    await collection.replaceProducts(products);
  }
  onEmbedded(skus.length, skus.length);
  return failed;
}

export function createRivalOpener(options: RivalsOptions): OpenRival {
  const { context, config, catalog, searchedFingerprint, watch } = options;
  const place = join(context.dataFolder, FOLDER);
  let open = 0;

  async function ownFolder(): Promise<string> {
    if (open === 0) await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true });
    return mkdtemp(join(place, "index-"));
  }

  function answererOf(encoders: Encoders, collection: Collection, side: ReturnType<ReturnType<typeof createSides>>) {
    const { image, text, pictureText } = encoders;
    const searched = {
      ...{ fingerprint: image.fingerprint, collection, textEncoder: text, pictureText },
      queryEncoder: side.encoders.queryEncoder,
    };
    return watch(createAnswerer({ ...options, searched: async () => searched }));
  }

  return async (name, filling) => {
    const own = withImageModel(config.current, context.parts, name);
    await using parts = new AsyncDisposableStack();
    const encoders = await openEncoders({ ...context, config: own, onNotice: () => {} });
    for (const one of [encoders.image, encoders.text, encoders.pictureText]) parts.adopt(one, closePart);
    await encoders.image.warmUp();
    const { fingerprint } = encoders.image;
    if (fingerprint === (await searchedFingerprint())) return null;
    const folder = await ownFolder();
    open++;
    parts.defer(async () => {
      open--;
      await rm(open === 0 ? place : folder, { recursive: true, force: true });
    });
    const index = parts.adopt(await openEmbeddedIndex({ folder, onNotice: context.onNotice }), closePart);
    const collection = await index.open(encoders);
    const side = createSides({ catalog, cache: createEncodingCache(own.encoder.cacheEntries) })(encoders);
    const failed = await fill({ catalog, collection, embed: side.embed }, filling);
    const answer = answererOf(encoders, collection, side);
    const kept = parts.move();
    const { viewEncoder } = side.encoders;
    return { name, fingerprint, answer, viewEncoder, failed, close: () => kept.disposeAsync() };
  };
}
