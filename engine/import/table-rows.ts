import { setImmediate } from "node:timers/promises";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Column } from "./columns.ts";
import { DecimalMarkVote } from "./price.ts";
import { toRawRow } from "./raw-row.ts";
import { cellText, type RecordReader, type TableRecord } from "./record.ts";
import { readRow } from "./row.ts";
import type { OpenedSource, Reading } from "./source.ts";
import { assertKeyed } from "./table.ts";

/** Rows of a table out of its records: read twice, once to find out what it is, once for its rows. */

/** Everybody else in the engine gets a turn after so many. */
const ROWS_AT_A_STRETCH = 2_000;

/** @param name of the file, for what is said to people */
export function readTable(table: RecordReader, name: string): Pick<OpenedSource, "survey" | "rows"> {
  return {
    async survey(reading, signal) {
      assertKeyed(name, table.columns, reading.mapping.fieldsOf(table.columns));
      const { decimalMark } = reading.options;
      const vote = new DecimalMarkVote();
      let total = table.rows ?? 0;
      if (table.rows === null || decimalMark === "auto") {
        total = 0;
        for await (const record of table.records()) {
          total += 1;
          if (total % ROWS_AT_A_STRETCH === 0) {
            signal.throwIfAborted();
            await setImmediate();
          }
          if ("cells" in record) vote.observe(cellOf(record, reading, "price"));
        }
      }
      if (total === 0) {
        throw new ShelfmatchError("IMPORT_UNREADABLE", `${name} has no rows. Give a file with a row a product.`);
      }
      const mark = decimalMark === "auto" ? vote.mark : decimalMark;
      return { format: table.describe(mark), total, mark };
    },
    async *rows({ mapping, options }, mark) {
      for await (const record of table.records()) {
        yield "cells" in record ? readRow(toRawRow(record, mapping.fieldsOf(record.columns)), mark, options) : record;
      }
    },
  };
}

/** The record's text of a column; "" where it has none. */
function cellOf(record: TableRecord, { mapping }: Reading, column: Column): string {
  const at = mapping.fieldsOf(record.columns).findIndex((field) => field.kind === "column" && field.column === column);
  return at < 0 ? "" : cellText(record.cells[at] ?? "");
}
