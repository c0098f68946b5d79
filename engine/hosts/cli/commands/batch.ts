import { writeFile } from "node:fs/promises";
import { BATCH_PAGE, type BatchItem, type BatchSummary } from "../../../../shared/contract/batch.ts";
import type { Run } from "../command.ts";
import { EXIT, failureBody } from "../failure.ts";
import { fromCaller, type Io, printJson, printLine, say, sayProgress } from "../io.ts";
import type { Client } from "../session.ts";
import { type Column, money, percent, printable, tableHead, tableRow } from "../table.ts";
import { wholeIndex } from "./findable.ts";

const COLUMNS: readonly Column[] = [
  { title: "picture", width: 32 },
  { title: "verdict", width: 8 },
  { title: "sure", width: 7, align: "right" },
  { title: "sku", width: 24 },
  { title: "name", width: 32 },
  { title: "price", width: 14, align: "right" },
];

export interface BatchOptions {
  watch: boolean;
  name?: string;
  resume?: string;
  csv?: string;
  xlsx?: string;
}

function row({ file, state, verdict, confidence, best, error, sameAs }: BatchItem): string {
  if (error !== null) return printable(`${file}: ${error.code}: ${error.message}`);
  if (state === "skipped") return printable(`${file}: the same as item ${sameAs}`);
  const sure = confidence === null ? "" : percent(confidence);
  const found = best === null ? [] : [sure, best.sku, best.name, money(best.price, best.currency)];
  return tableRow(COLUMNS, [file, verdict ?? state, ...found]);
}

function progressLine({ total, waiting, failed, secondsLeft, problem, state }: BatchSummary): string {
  if (problem !== null) return problem.message;
  if (state === "watching") return `${total} pictures; waiting for new ones`;
  const parts = [`${total - waiting} of ${total} pictures`];
  if (secondsLeft !== null) parts.push(`${secondsLeft} s left`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(" · ");
}

/** Prints items as they are matched, each once. */
function printer(run: Run, client: () => Client, id: string) {
  const printed = new Set<number>();
  return async () => {
    const { items: order } = await client().batch.order({ id });
    const fresh = order.filter((item) => !printed.has(item));
    for (let at = 0; at < fresh.length; at += BATCH_PAGE) {
      const { items } = await client().batch.items({ id, items: fresh.slice(at, at + BATCH_PAGE) });
      for (const item of items) {
        if (item.state === "waiting" || item.state === "running") continue;
        printed.add(item.item);
        if (run.json) await printJson(run.io, item);
        else await printLine(run.io, row(item));
      }
    }
  };
}

async function write(io: Io, client: Client, id: string, format: "csv" | "xlsx", path: string | undefined) {
  if (path === undefined) return;
  const file = await client.batch.export({ id, format });
  await writeFile(fromCaller(io, path), new Uint8Array(await file.arrayBuffer()));
  say(io, `Written to ${path}.`);
}

/**
 * Matches the pictures of a folder and prints a line each; watched, until Ctrl-C. What a Ctrl-C leaves is paused, and can
 * be gone on with.
 * @returns the exit code
 */
export async function batch(run: Run, folder: string | undefined, options: BatchOptions): Promise<number> {
  const { io, session, json } = run;
  const { watch, name, resume } = options;
  if ((folder === undefined) === (resume === undefined)) {
    say(io, "Name a folder, or with --resume the batch to go on with.");
    return EXIT.usage;
  }
  await wholeIndex(run);
  const { id } = await session.lasting((client) =>
    resume === undefined
      ? client.batch.startPath(
          { path: fromCaller(io, folder ?? ""), watch, ...(name === undefined ? {} : { name }) },
          { signal: io.signal },
        )
      : client.batch.resume({ id: resume }, { signal: io.signal }),
  );
  const print = printer(run, () => session.client, id);
  if (!json) await printLine(io, tableHead(COLUMNS));
  try {
    await session.lasting(async (client) => {
      for await (const summary of await client.batch.watch({ id }, { signal: io.signal })) {
        await print();
        sayProgress(io, progressLine(summary));
        if (summary.state === "paused") break;
      }
    });
  } catch (error) {
    if (!io.signal.aborted) throw error;
  } finally {
    sayProgress(io, null);
  }
  const last = io.signal.aborted ? await session.client.batch.pause({ id }) : await session.client.batch.get({ id });
  await print().catch((error: unknown) => say(io, failureBody(error).message));
  await write(io, session.client, id, "csv", options.csv);
  await write(io, session.client, id, "xlsx", options.xlsx);
  const { verdicts, failed, skipped, state, problem } = last;
  const { match, similar, none } = verdicts;
  say(
    io,
    `${match} matches, ${similar} similar, ${none} not in the catalogue; ${failed} failed, ${skipped} the same as another.`,
  );
  if (problem !== null) say(io, problem.message);
  if (state === "paused") {
    say(io, `Paused. Go on with: shelfmatch batch --resume ${id}`);
    return EXIT.interrupted;
  }
  if (state !== "done") return EXIT.failed;
  return failed > 0 ? EXIT.someFailed : EXIT.ok;
}
