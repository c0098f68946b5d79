import { setTimeout as sleep } from "node:timers/promises";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Descriptions } from "../describe/descriptions.ts";
import type { Describer } from "../describe/port.ts";
import type { CatalogEditor, Drafter } from "../services.ts";
import { runDrafting } from "./job.ts";
import { DraftingMeter } from "./progress.ts";
import type { DraftStore } from "./store.ts";

interface DrafterOptions {
  catalog: Catalog;
  editor: Pick<CatalogEditor, "update">;
  describer: Describer;
  descriptions: Descriptions;
  drafts: DraftStore;
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

const EVENT_MS = 250;

/** Said where nothing looks at pictures by itself: class and colours make no description of a product. */
export const DRAFTS_OFF =
  "Descriptions are drafted by a vision-language model, and none is set up. Have a Triton serve one (triton/README.md, “Describing pictures”), set “Describer” to Triton in the settings under “What runs where”, and start again.";

/** Drafts descriptions for products without one, and keeps them until a person has looked at each. */
export function createDrafter({ catalog, editor, describer, descriptions, drafts, log }: DrafterOptions): Drafter {
  const enabled = describer.pace === "later";
  let job: { progress: DraftingMeter; cancel: AbortController; ended: Promise<void> } | null = null;

  const running = () => job !== null && !job.progress.isFinal;
  const status = async () => ({
    ...{ enabled, reason: enabled ? null : DRAFTS_OFF },
    ...{ waiting: drafts.count(), job: job?.progress.snapshot() ?? null },
  });

  function draftFor(sku: string) {
    const found = drafts.get(sku);
    if (found !== null) return found;
    const message = `There is no draft for ${sku}: it was accepted or rejected already. Load the list again.`;
    throw new ShelfmatchError("DRAFT_NOT_FOUND", message, { details: { sku } });
  }

  async function run(progress: DraftingMeter, signal: AbortSignal): Promise<void> {
    try {
      const fingerprint = await describer.fingerprint();
      await runDrafting({ catalog, descriptions, drafts, fingerprint, progress, signal });
      progress.finish("done");
    } catch (error) {
      if (signal.aborted) progress.finish("cancelled");
      else if (error instanceof ShelfmatchError)
        progress.finish("failed", { code: error.code, message: error.message });
      else {
        log("error", "Drafting descriptions failed", { stack: error instanceof Error ? error.stack : error });
        const message =
          "Drafting stopped by an error of the app. The journal has the details; drafts that are there stay.";
        progress.finish("failed", { code: "INTERNAL", message });
      }
    }
    const { state, done, drafted, failedCount, seconds, error } = progress.snapshot();
    log(state === "failed" ? "error" : "info", `Drafting ${state}`, { done, drafted, failedCount, seconds, error });
  }

  return {
    status,
    async list({ page, pageSize }) {
      const waiting = drafts.waiting((page - 1) * pageSize, pageSize);
      const products = new Map((await catalog.getMany(waiting.map(({ sku }) => sku))).map((one) => [one.sku, one]));
      const items = waiting.flatMap(({ sku, picture, describer: fingerprint, words, description, time }) => {
        const product = products.get(sku);
        // Of a product that was deleted, or described by somebody in the meantime, nothing is left to review.
        if (product === undefined || product.description.trim() !== "") {
          drafts.remove(sku);
          return [];
        }
        return [
          { sku, name: product.name, picture, words, description, fingerprint, time: new Date(time).toISOString() },
        ];
      });
      return { items, total: drafts.count() };
    },
    async start() {
      if (!enabled) throw new ShelfmatchError("INVALID_INPUT", DRAFTS_OFF);
      if (running())
        throw new ShelfmatchError("BUSY", "Descriptions are being drafted. Wait until it is done, or cancel it.");
      const progress = new DraftingMeter();
      const cancel = new AbortController();
      job = { progress, cancel, ended: run(progress, cancel.signal) };
      return progress.snapshot();
    },
    async *watch(signal) {
      while (job !== null && signal?.aborted !== true) {
        const { progress } = job;
        const last = progress.isFinal;
        yield progress.snapshot();
        if (last) return;
        await sleep(EVENT_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
      }
    },
    async cancel() {
      job?.cancel.abort(new ShelfmatchError("CANCELLED", "The drafting was cancelled; drafts that are there stay."));
      await job?.ended;
      return status();
    },
    async accept(sku, description) {
      const draft = draftFor(sku);
      const product = await catalog.get(sku);
      if (product.description.trim() !== "") {
        drafts.remove(sku);
        const message = `${product.name} has been described in the meantime; the draft is dropped. Edit the product to change it.`;
        throw new ShelfmatchError("INVALID_INPUT", message, { details: { sku } });
      }
      const saved = await editor.update(sku, { description }, { by: { source: "draft" } });
      drafts.remove(sku);
      const edited = description !== draft.description;
      log("info", `A drafted description was accepted${edited ? ", edited" : ""}`, { sku, describer: draft.describer });
      return saved;
    },
    async reject(sku) {
      const { describer: by } = draftFor(sku);
      drafts.reject(sku);
      log("info", "A drafted description was rejected", { sku, describer: by });
    },
    async close() {
      job?.cancel.abort();
      await job?.ended;
    },
  };
}
