import type { BatchFilter, BatchSort } from "../../shared/contract/batch.ts";

/** A filter as SQL over `items`. */

const ORDERS: Record<BatchSort, string> = {
  added: "item",
  file: "file COLLATE NOCASE, item",
  surest: "confidence IS NULL, confidence DESC, item",
  unsurest: "confidence IS NULL, confidence, item",
  product: "sku IS NULL, sku, confidence DESC, item",
};

export const orderOf = (sort: BatchSort): string => ORDERS[sort];

/** `%` and `_` of what somebody typed are just that. */
const containing = (text: string) => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

/** @returns a condition, and its parameters in order */
export function conditionOf(filter: BatchFilter): { where: string; values: (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (part: string, ...its: (string | number)[]) => {
    parts.push(part);
    values.push(...its);
  };
  const { state, verdict, decision, sku, text = "", confidenceMin, confidenceMax } = filter;
  // Those at work are on their way like the others.
  if (state === "waiting") add("state IN ('waiting', 'running')");
  else if (state !== undefined) add("state = ?", state);
  if (verdict !== undefined) add("state = 'done' AND verdict = ?", verdict);
  if (decision === "open") add("state = 'done' AND answer IS NULL");
  else if (decision === "decided") add("answer IS NOT NULL");
  else if (decision !== undefined) add("answer = ?", decision);
  if (sku !== undefined) add("sku = ?", sku);
  if (confidenceMin !== undefined) add("confidence >= ?", confidenceMin);
  if (confidenceMax !== undefined) add("confidence <= ?", confidenceMax);
  if (text !== "") {
    const like = containing(text);
    add("(file LIKE ? ESCAPE '\\' OR sku LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')", like, like, like);
  }
  return { where: parts.length === 0 ? "" : ` AND ${parts.join(" AND ")}`, values };
}
