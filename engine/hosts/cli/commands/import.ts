import type { ImportProgress } from "../../../../shared/contract/imports.ts";
import type { Run } from "../command.ts";
import { EXIT, failureBody } from "../failure.ts";
import { fromCaller, type Io, printJson, say, sayProgress } from "../io.ts";
import type { Client } from "../session.ts";
import { findable } from "./findable.ts";

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.round(seconds)} s`;
}

function progressLine({ done, total, rate, secondsLeft, failedCount }: ImportProgress): string {
  const parts = [`${done}${total === null ? "" : ` of ${total}`} rows`, `${rate.toFixed(1)} pictures/s`];
  if (secondsLeft !== null) parts.push(`${duration(secondsLeft)} left`);
  if (failedCount > 0) parts.push(`${failedCount} failed`);
  return parts.join(" · ");
}

/** Follows the import to its end; Ctrl-C ends it in the engine as well. */
async function follow(io: Io, client: Client, path: string): Promise<ImportProgress> {
  let progress = await client.imports.startPath({ path }, { signal: io.signal });
  const { importId } = progress;
  const cancel = () => {
    client.imports.cancel({ importId }).catch((error: unknown) => say(io, failureBody(error).message));
  };
  io.signal.addEventListener("abort", cancel, { once: true });
  try {
    for await (progress of await client.imports.watch({ importId })) sayProgress(io, progressLine(progress));
  } finally {
    io.signal.removeEventListener("abort", cancel);
    sayProgress(io, null);
  }
  return progress;
}

function exitCode({ state, failedCount }: ImportProgress): number {
  if (state === "cancelled") return EXIT.interrupted;
  if (state !== "done") return EXIT.failed;
  return failedCount > 0 ? EXIT.someFailed : EXIT.ok;
}

/** Imports and waits until what went in can be found. @returns the exit code */
export async function importCatalogue(run: Run, source: string): Promise<number> {
  const { io, session, json } = run;
  const began = performance.now();
  const seconds = () => Math.round(performance.now() - began) / 1000;
  let progress: ImportProgress;
  try {
    // What went in is not done twice: an import goes on where it stopped.
    progress = await session.lasting((client) => follow(io, client, fromCaller(io, source)));
    // Ctrl-C ends the waiting and loses nothing: the engine indexes on, now or at its next start.
    await findable(run).catch((error: unknown) => {
      if (!io.signal.aborted) throw error;
    });
  } catch (error) {
    const { code, message } = failureBody(error);
    const failed = [{ line: null, column: null, code, message }];
    if (json) await printJson(io, { products: 0, images: 0, failed, seconds: seconds() });
    say(io, message);
    return io.signal.aborted ? EXIT.interrupted : EXIT.failed;
  }
  const { products, images, unchanged, format, failedCount, error } = progress;
  const failed = [...progress.failed, ...(error === null ? [] : [{ line: null, column: null, ...error }])];
  if (json) {
    await printJson(io, { products, images, failed, seconds: seconds() });
  } else {
    for (const { line, column, message } of progress.failed) {
      const where = [line === null ? null : `line ${line}`, column].filter((part) => part !== null).join(", ");
      say(io, `${where === "" ? "" : `${where}: `}${message}`);
    }
    if (failedCount > progress.failed.length) say(io, `… and ${failedCount - progress.failed.length} more failed.`);
    if (error !== null) say(io, error.message);
    if (format !== null) say(io, `Read as ${format}.`);
    say(
      io,
      `${products} products and ${images} pictures are in, ${unchanged} of the products just as they were before; ${failedCount} failures. ${duration(seconds())}.`,
    );
  }
  return io.signal.aborted ? EXIT.interrupted : exitCode(progress);
}
