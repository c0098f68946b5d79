import { plainAnswer } from "../answer.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { printJson, printLine } from "../io.ts";
import type { Column } from "../table.ts";
import { money, percent, tableHead, tableRow } from "../table.ts";
import { wholeIndex } from "./findable.ts";

const COLUMNS: readonly Column[] = [
  { title: "sure", width: 7, align: "right" },
  { title: "sku", width: 24 },
  { title: "name", width: 36 },
  { title: "category", width: 18 },
  { title: "price", width: 14, align: "right" },
];

export async function search(run: Run, options: { text: string; top?: number }): Promise<number> {
  const { io, session, json } = run;
  await wholeIndex(run);
  const result = await session.lasting((client) => client.match.text(options, { signal: io.signal }));
  if (json) {
    await printJson(io, { text: options.text, ...plainAnswer(result) });
    return EXIT.ok;
  }
  await printLine(io, tableHead(COLUMNS));
  for (const { confidence, sku, name, category, price, currency } of result.matches) {
    await printLine(io, tableRow(COLUMNS, [percent(confidence), sku, name, category, money(price, currency)]));
  }
  return EXIT.ok;
}
