import { csvLine } from "../lib/csv.ts";
import type { ImportStore } from "./store.ts";

const PAGE = 500;
/** Stands last, so that the file can be corrected and imported as it is: as an attribute it is ignored on the way in. */
const PROBLEM_COLUMN = "what is wrong";

/** Rows with a problem as CSV: the columns that the source had, then what is wrong. */
export async function* badRowsCsv(store: ImportStore, importId: string): AsyncGenerator<string> {
  const columns = new Set<string>();
  for (const row of all(store, importId)) for (const column of row.columns ?? []) columns.add(column);
  const names = [...columns];
  yield csvLine([...names, "line", PROBLEM_COLUMN]);
  for (const { line, columns: own, cells, problems } of all(store, importId)) {
    const at = new Map((own ?? []).map((column, place) => [column, cells?.[place] ?? ""]));
    const wrong = problems.map(({ message }) => message).join(" ");
    yield csvLine([...names.map((name) => at.get(name) ?? ""), line === null ? "" : String(line), wrong]);
  }
}

function* all(store: ImportStore, importId: string) {
  for (let page = 1; ; page += 1) {
    const rows = store.bad(importId, page, PAGE);
    yield* rows;
    if (rows.length < PAGE) return;
  }
}
