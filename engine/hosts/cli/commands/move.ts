import type { MoveReport } from "../../../../shared/contract/stack.ts";
import type { Profile } from "../arguments.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { printJson, printLine, say, sayProgress } from "../io.ts";

const PHASE = {
  ...{ products: "products", vectors: "vectors", history: "bin, history and saved filters", journal: "journal" },
  check: "checking the copy",
};

function* lines(report: MoveReport): Generator<string> {
  const { to, products, pictures, vectors, toEmbed, runs, lines: log, marks, kept, checked, seconds } = report;
  yield `Moved to the ${to} profile in ${seconds} s:`;
  yield `  ${products} products with ${pictures} pictures; ${checked.products} and ${checked.pictures} of them checked`;
  yield `  ${vectors} vectors copied, ${toEmbed} products to be embedded anew`;
  yield `  ${kept.bin} entries of the bin, ${kept.changes} changes of the history, ${kept.views} saved filters`;
  yield `  ${runs} runs, ${log} lines and ${marks} marked problems of the journal`;
  yield `  SHA-256 over all products, the same on both sides: ${checked.hash}`;
}

/** Progress and notes on stderr, the report on stdout. Run again after Ctrl-C, it goes on where it stopped. */
export async function moveTo({ io, session, json }: Run, options: { to: Profile; replace: boolean }): Promise<number> {
  try {
    for await (const event of await session.client.stack.move(options, { signal: io.signal })) {
      if (event.kind === "progress") {
        sayProgress(io, `${PHASE[event.phase]}: ${event.done} of ${event.total}`);
        continue;
      }
      sayProgress(io, null);
      if (event.kind === "note") say(io, event.text);
      else if (json) await printJson(io, event.report);
      else for (const line of lines(event.report)) await printLine(io, line);
    }
  } finally {
    sayProgress(io, null);
  }
  return EXIT.ok;
}
