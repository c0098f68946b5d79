import { writeFile } from "node:fs/promises";
import type { EvaluationOptionsInput, EvaluationSummary } from "../../../../shared/contract/evaluate.ts";
import type { EvaluationReport, EvaluationSetting, Figure } from "../../../../shared/contract/evaluation-report.ts";
import {
  FIGURE_WORDS,
  formatDifference,
  formatInterval,
  formatValue,
  isSure,
  settingWords,
  systemName,
} from "../../../../shared/evaluation/words.ts";
import type { Run } from "../command.ts";
import { EXIT, failureBody } from "../failure.ts";
import { fromCaller, type Io, printJson, printLine, say, sayProgress } from "../io.ts";
import type { Client } from "../session.ts";
import type { Column } from "../table.ts";
import { tableHead, tableRow } from "../table.ts";
import { wholeIndex } from "./findable.ts";

const COLUMNS: readonly Column[] = [
  { title: "", width: 40 },
  { title: "value", width: 7, align: "right" },
  { title: "95 % interval", width: 15, align: "right" },
  { title: "n", width: 6, align: "right" },
];
const HEADLINES = ["recallAt1", "recallAt5", "recallAt10", "mrr", "auroc", "ece", "matchPrecision"] as const;

export interface EvalOptions {
  queries?: string;
  feedback: boolean;
  products?: number;
  transformations?: string[];
  seed?: number;
  name?: string;
  leaveOut: boolean;
  baselines: boolean;
  setting: EvaluationSetting;
  against?: EvaluationSetting;
  csv?: string;
  html?: string;
}

const row = (name: string, { value, interval, n }: Figure) =>
  tableRow(COLUMNS, [name, formatValue(value), formatInterval({ interval }), String(n)]);

function* lines(summary: EvaluationSummary, report: EvaluationReport): Generator<string> {
  const several = report.settings.length > 1;
  yield `${report.queries} queries, ${summary.source.name}; ${report.present} questions with their product there, ${report.absent} without`;
  yield `${report.products} products, encoder ${report.fingerprint}; ${report.settings.map(settingWords).join(" | ")}`;
  for (const system of report.systems) {
    yield "";
    yield systemName(system, several);
    yield tableHead(COLUMNS);
    for (const name of HEADLINES) if (system[name].n > 0) yield row(FIGURE_WORDS[name].name, system[name]);
    if (system.verdicts === null) continue;
    for (const side of ["present", "absent"] as const) {
      for (const verdict of ["match", "similar", "none"] as const) {
        const share = system.verdicts[side][verdict];
        if (share.n > 0) yield row(`${verdict} on ${side}`, share);
      }
    }
  }
  const deciding = report.systems.find(({ id }) => id === report.deciding);
  const slices = deciding?.slices ?? [];
  if (slices.length > 0) {
    yield "";
    yield "Found first, of the whole answer";
    yield tableHead(COLUMNS);
    for (const { by, name, severity, recallAt1 } of slices) {
      if (recallAt1.n > 0) yield row(by === "severity" ? `  ${name}, ${severity}` : name, recallAt1);
    }
  }
  if (report.comparison !== null) {
    const { figures, gained, lost } = report.comparison;
    yield "";
    yield `The second setting less the first: ${gained} queries gained, ${lost} lost`;
    yield tableHead(COLUMNS);
    for (const { figure, difference } of figures) {
      const sure = isSure(difference) ? " (beyond chance)" : "";
      yield tableRow(COLUMNS, [
        `${FIGURE_WORDS[figure].name}${sure}`,
        formatDifference(difference.value),
        ...[formatInterval(difference), String(difference.n)],
      ]);
    }
  }
  yield "";
  yield `${report.worst.length === 0 ? "Nothing" : report.worst.length} went wrong${report.worst.length > 5 ? "; the surest mistakes:" : "."}`;
  for (const { label, wanted, given, verdict, confidence } of report.worst.slice(0, 5)) {
    yield `  ${label}: ${verdict} ${given?.sku ?? "nothing"} (${(confidence * 100).toFixed(0)} %), not ${wanted?.sku ?? "nothing"}`;
  }
  yield `${report.seconds.toFixed(1)} s; kept as ${summary.id}`;
}

function start(io: Io, client: Client, options: EvalOptions): Promise<EvaluationSummary> {
  const { queries, feedback, products, transformations, leaveOut, baselines, setting, against, seed, name } = options;
  const common: EvaluationOptionsInput = {
    ...{ leaveOut, baselines, setting },
    ...(against === undefined ? {} : { against }),
    ...(seed === undefined ? {} : { seed }),
    ...(name === undefined ? {} : { name }),
  };
  const { signal } = io;
  if (queries !== undefined)
    return client.evaluate.startPath({ path: fromCaller(io, queries), options: common }, { signal });
  const made = {
    kind: "made" as const,
    ...(products === undefined ? {} : { products }),
    ...(transformations === undefined ? {} : { transformations }),
  };
  return client.evaluate.start({ ...common, source: feedback ? { kind: "feedback" } : made }, { signal });
}

function progressLine({ state, embedding, done, total, secondsLeft }: EvaluationSummary): string {
  if (embedding !== null) {
    return `the catalogue is embedded by ${embedding.encoder}: ${embedding.done} of ${embedding.total} products`;
  }
  if (state === "preparing") return "preparing";
  return `${done} of ${total ?? "?"} queries${secondsLeft === null ? "" : ` · ${secondsLeft} s left`}`;
}

/** Follows the evaluation to its end; Ctrl-C ends it in the engine as well. */
async function follow(io: Io, client: Client, options: EvalOptions): Promise<EvaluationSummary> {
  let summary = await start(io, client, options);
  const { id } = summary;
  const cancel = () => {
    client.evaluate.cancel({ id }).catch((error: unknown) => say(io, failureBody(error).message));
  };
  io.signal.addEventListener("abort", cancel, { once: true });
  try {
    for await (summary of await client.evaluate.watch({ id })) sayProgress(io, progressLine(summary));
  } finally {
    io.signal.removeEventListener("abort", cancel);
    sayProgress(io, null);
  }
  return summary;
}

async function write(io: Io, client: Client, id: string, format: "csv" | "html", path: string | undefined) {
  if (path === undefined) return;
  const file = await client.evaluate.export({ id, format });
  await writeFile(fromCaller(io, path), new Uint8Array(await file.arrayBuffer()));
}

/** @returns the exit code */
export async function evaluate(run: Run, options: EvalOptions): Promise<number> {
  const { io, session, json } = run;
  await wholeIndex(run);
  const { client } = session;
  const { id, state, error } = await follow(io, client, options);
  if (state === "cancelled") return EXIT.interrupted;
  if (error !== null) {
    if (json) await printJson(io, { error });
    say(io, `${error.code}: ${error.message}`);
    return EXIT.failed;
  }
  const { report, ...summary } = await client.evaluate.get({ id });
  if (report === null) throw new Error("an evaluation that is done has no report");
  for (const note of summary.notes) say(io, note);
  const deciding = report.systems.find((one) => one.id === report.deciding);
  // The figures of the whole answer first: what a script that runs every night looks at.
  const figures = Object.fromEntries(HEADLINES.map((name) => [name, deciding?.[name] ?? null]));
  if (json) await printJson(io, { ...figures, verdicts: deciding?.verdicts ?? null, ...summary, ...report });
  else for (const line of lines(summary, report)) await printLine(io, line);
  await write(io, client, id, "csv", options.csv);
  await write(io, client, id, "html", options.html);
  return EXIT.ok;
}
