import type { EvaluationReport } from "../../../../shared/contract/system.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { printJson, printLine, sayProgress } from "../io.ts";
import type { Column } from "../table.ts";
import { tableHead, tableRow } from "../table.ts";
import { wholeIndex } from "./findable.ts";

const FIGURES: readonly Column[] = [
  { title: "figure", width: 32 },
  { title: "value", width: 7, align: "right" },
  { title: "95 % interval", width: 15, align: "right" },
  { title: "n", width: 6, align: "right" },
];

function* lines(report: EvaluationReport): Generator<string> {
  yield `${report.queries} queries made from ${report.products} products, encoder ${report.fingerprint}`;
  yield "";
  yield tableHead(FIGURES);
  const figures = { "recall@1": report.recallAt1, "recall@5": report.recallAt5, "no-match AUROC": report.auroc };
  for (const [name, { value, interval, n }] of Object.entries(figures)) {
    const [low, high] = interval;
    yield tableRow(FIGURES, [name, value.toFixed(3), `${low.toFixed(3)}–${high.toFixed(3)}`, String(n)]);
  }
  for (const { name, recallAt1, n } of report.byTransformation) {
    yield tableRow(FIGURES, [`  recall@1, ${name}`, recallAt1.toFixed(3), "", String(n)]);
  }
  yield "";
  for (const [kind, { match, similar, none }] of Object.entries(report.verdicts)) {
    yield `${kind} products: match ${match.toFixed(3)}, similar ${similar.toFixed(3)}, none ${none.toFixed(3)}`;
  }
  if (report.matchPrecision !== null)
    yield `share of match verdicts that were right: ${report.matchPrecision.toFixed(3)}`;
  yield `${report.seconds.toFixed(1)} s`;
}

export async function evaluate(run: Run, options: { products?: number; seed?: number }): Promise<number> {
  const { io, session, json } = run;
  await wholeIndex(run);
  for await (const event of await session.client.system.evaluate(options, { signal: io.signal })) {
    if (event.kind === "progress") {
      sayProgress(io, `${event.done} of ${event.total} queries`);
      continue;
    }
    sayProgress(io, null);
    if (json) await printJson(io, event.report);
    else for (const line of lines(event.report)) await printLine(io, line);
  }
  return EXIT.ok;
}
