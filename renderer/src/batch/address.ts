import {
  type BatchFilter,
  type BatchSort,
  batchFilterSchema,
  batchItemStateSchema,
  batchSortSchema,
} from "../../../shared/contract/batch.ts";
import { verdictSchema } from "../../../shared/contract/match.ts";
import type { ParamChanges } from "../lib/address.ts";

/** What of a batch is shown lives in the address: which items, in which order and form, and the one that is open. */

export type Look = "list" | "wall";

export interface BatchView {
  filter: BatchFilter;
  sort: BatchSort;
  look: Look;
  item: number | null;
}

/** One choice for the reader: how an item ended, whether by a verdict or without one. */
export type Outcome = NonNullable<BatchFilter["verdict"]> | "waiting" | "failed" | "skipped";

export function viewOf(params: URLSearchParams): BatchView {
  const outcome = params.get("outcome");
  const verdict = verdictSchema.safeParse(outcome).data;
  const state = verdict === undefined ? batchItemStateSchema.safeParse(outcome).data : undefined;
  const decision = batchFilterSchema.shape.decision.safeParse(params.get("decision") ?? undefined).data;
  const sku = params.get("sku") ?? "";
  const text = (params.get("q") ?? "").slice(0, 200);
  const sureness = batchFilterSchema.shape.confidenceMax.safeParse(params.get("below") ?? undefined).data;
  const item = Number(params.get("item"));
  return {
    filter: {
      ...(verdict === undefined ? {} : { verdict }),
      ...(state === undefined ? {} : { state }),
      ...(decision === undefined ? {} : { decision }),
      ...(sku === "" ? {} : { sku }),
      ...(text === "" ? {} : { text }),
      ...(sureness === undefined ? {} : { confidenceMax: sureness }),
    },
    sort: batchSortSchema.safeParse(params.get("sort")).data ?? "added",
    look: params.get("look") === "wall" ? "wall" : "list",
    item: Number.isInteger(item) && item > 0 ? item : null,
  };
}

export const outcomeOf = ({ verdict, state }: BatchFilter): Outcome | null =>
  verdict ?? (state === "waiting" || state === "failed" || state === "skipped" ? state : null);

/** Every filter off; the order and the look stay. */
export const NO_FILTER: ParamChanges = {
  outcome: undefined,
  decision: undefined,
  sku: undefined,
  q: undefined,
  below: undefined,
};

export const isFiltered = ({ filter }: Pick<BatchView, "filter">): boolean => Object.keys(filter).length > 0;
