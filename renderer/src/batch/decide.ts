import {
  BATCH_PAGE,
  type BatchDecisionAnswer,
  type BatchItem,
  type BatchItemDetail,
} from "../../../shared/contract/batch.ts";
import { client } from "../lib/client.ts";
import { toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";
import { useBatches } from "./batch-store.ts";

/** Decisions of a person, and the way back. The rows that are shown change in place: a list that is worked through stays as it is. */

function show(batch: string, rows: readonly BatchItem[]): void {
  const fresh = new Map(rows.map((row) => [row.item, row]));
  queryClient.setQueriesData<{ items: BatchItem[] }>(
    { queryKey: api.batch.items.key({ input: { id: batch } }) },
    (known) => known && { items: known.items.map((row) => fresh.get(row.item) ?? row) },
  );
  for (const [item, row] of fresh) {
    queryClient.setQueryData<BatchItemDetail>(
      api.batch.item.queryKey({ input: { id: batch, item } }),
      (known) => known && { ...known, decision: row.decision },
    );
  }
  void queryClient.invalidateQueries({ queryKey: api.batch.get.key({ input: { id: batch } }) });
  void queryClient.invalidateQueries({ queryKey: api.batch.products.key({ input: { id: batch } }) });
  void queryClient.invalidateQueries({ queryKey: api.journal.key() });
}

async function inPages(
  items: readonly number[],
  work: (page: number[]) => Promise<{ items: BatchItem[] }>,
): Promise<void> {
  for (let at = 0; at < items.length; at += BATCH_PAGE) await work(items.slice(at, at + BATCH_PAGE));
}

async function deciding(work: () => Promise<void>): Promise<boolean> {
  useBatches.setState({ deciding: true, problem: null });
  try {
    await work();
    return true;
  } catch (error) {
    useBatches.setState({ problem: toProblem(error) });
    return false;
  } finally {
    useBatches.setState({ deciding: false });
  }
}

/**
 * @param before what was decided about all of them until now; it comes back with an undo
 * @returns whether it was taken
 */
export function decide(
  batch: string,
  items: readonly number[],
  answer: BatchDecisionAnswer,
  { sku, before = null }: { sku?: string; before?: BatchItem["decision"] } = {},
): Promise<boolean> {
  return deciding(async () => {
    await inPages(items, async (page) => {
      const rows = await client.batch.decide({ id: batch, items: page, answer, ...(sku === undefined ? {} : { sku }) });
      const { strokes } = useBatches.getState();
      useBatches.setState({ strokes: [...strokes, { batch, items: page, before }] });
      show(batch, rows.items);
      return rows;
    });
  });
}

/** Takes the last stroke in this batch back. @returns its items; null where there was none */
export async function undo(batch: string): Promise<readonly number[] | null> {
  const { strokes } = useBatches.getState();
  const stroke = strokes.findLast((one) => one.batch === batch);
  if (stroke === undefined) return null;
  const { items, before } = stroke;
  const taken = await deciding(async () => {
    const sku = before?.answer === "this" ? before.product?.sku : undefined;
    const rows =
      before === null
        ? await client.batch.undecide({ id: batch, items: [...items] })
        : await client.batch.decide({
            ...{ id: batch, items: [...items], answer: before.answer },
            ...(sku === undefined ? {} : { sku }),
          });
    useBatches.setState({ strokes: useBatches.getState().strokes.filter((one) => one !== stroke) });
    show(batch, rows.items);
  });
  return taken ? items : null;
}
