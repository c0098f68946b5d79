import type { BadImportRow } from "../../shared/contract/imports.ts";
import { csvLine } from "../lib/csv.ts";
import type { Mapping } from "./mapping.ts";
import type { BadRowEntry, ImportStore } from "./store.ts";

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

/** As the contract has it, with the columns that hold what is wrong. */
export function toBadImportRow({ row, line, columns, cells, problems }: BadRowEntry, mapping: Mapping): BadImportRow {
  const common = { row, line, problems };
  if (columns === null || cells === null) return { ...common, cells: null, suspects: [] };
  const wrong = new Set(problems.map(({ column }) => column));
  const fields = mapping.fieldsOf(columns);
  const suspects = columns.filter((column, at) => {
    const field = fields[at];
    return wrong.has(column) || (field?.kind === "column" && wrong.has(field.column));
  });
  return { ...common, cells: Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""])), suspects };
}
