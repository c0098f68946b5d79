import type { BatchDecisionAnswer, BatchItem } from "../../shared/contract/batch.ts";
import type { Run } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Journal } from "../journal/port.ts";
import type { BatchStore } from "./store.ts";

/**
 * What a person says of the answers of a batch. The journal keeps it as feedback on the runs, as the Match page's: what is
 * learned from answers is learned from these as well. The batch keeps it too, as the journal forgets its runs some day.
 */

interface DecisionsOptions {
  store: BatchStore;
  journal: Pick<Journal, "addFeedback">;
  catalog: Pick<Catalog, "getMany">;
}

export function createDecisions({ store, journal, catalog }: DecisionsOptions) {
  /** A run that the journal has forgotten, or could never keep, costs no decision. */
  async function note(runId: string | null, feedback: Run["feedback"]): Promise<void> {
    if (runId === null) return;
    try {
      await journal.addFeedback(runId, feedback);
    } catch (error) {
      if (!(error instanceof ShelfmatchError && error.code === "RUN_NOT_FOUND")) throw error;
    }
  }

  async function productOf(sku: string): Promise<NonNullable<BatchItem["best"]>> {
    const [product] = await catalog.getMany([sku]);
    if (product === undefined) {
      const message = `There is no product ${sku} in the catalogue. Choose another, or add it first.`;
      throw new ShelfmatchError("PRODUCT_NOT_FOUND", message, { details: { sku } });
    }
    const { name, price, currency, pictures } = product;
    return { sku: product.sku, name, price, currency, picture: pictures[0]?.hash ?? null };
  }

  return {
    /** @returns the items as they are then; those that have no answer stay as they were */
    async decide(
      id: string,
      items: readonly number[],
      answer: BatchDecisionAnswer,
      sku: string | undefined,
    ): Promise<BatchItem[]> {
      if (answer === "this" && sku === undefined) {
        throw new ShelfmatchError("INVALID_INPUT", "Say which product it is: `this` goes with a `sku`.");
      }
      const chosen = answer === "this" && sku !== undefined ? await productOf(sku) : null;
      for (const { item, state, verdict, best, runId } of store.items(id, items)) {
        if (state !== "done") continue;
        // Of an answer that it is none, "right" says just that.
        const confirmed = answer === "right" && verdict !== "none" ? best : null;
        const time = new Date().toISOString();
        await note(runId, { answer, sku: chosen?.sku ?? null, note: null, time });
        store.decide(id, item, { answer, product: chosen ?? confirmed });
      }
      return store.items(id, items);
    },
    async undecide(id: string, items: readonly number[]): Promise<BatchItem[]> {
      for (const { item, decision, runId } of store.items(id, items)) {
        if (decision === null) continue;
        await note(runId, null);
        store.decide(id, item, null);
      }
      return store.items(id, items);
    },
  };
}
