import type { BackupContents } from "../../../../shared/contract/data.ts";
import { ShelfmatchError } from "../../../../shared/errors.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { fromCaller, printJson, printLine, say, sayProgress } from "../io.ts";

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function* held({ counts, created, app }: BackupContents): Generator<string> {
  yield `  ${counts.products} products with ${counts.pictures} pictures, ${counts.vectors} vectors`;
  yield `  ${counts.runs} runs and ${counts.lines} lines of the journal`;
  yield `  made ${created} by Shelfmatch ${app}`;
}

/** Progress and notes on stderr, what was made on stdout. Ctrl-C leaves no file. */
export async function backUp({ io, session, json }: Run, file: string, options: { replace: boolean }): Promise<number> {
  const request = { path: fromCaller(io, file), ...options };
  try {
    for await (const event of await session.client.data.backup(request, { signal: io.signal })) {
      if (event.kind === "progress") {
        sayProgress(io, `${mib(event.done)} of ${mib(event.total)}`);
        continue;
      }
      sayProgress(io, null);
      if (event.kind === "note") say(io, event.text);
      else if (json) await printJson(io, event.backup);
      else {
        await printLine(io, `Backed up to ${event.backup.file}, ${mib(event.backup.bytes)}:`);
        for (const line of held(event.backup.contents)) await printLine(io, line);
        await printLine(io, `  SHA-256 ${event.backup.sha256}`);
      }
    }
  } finally {
    sayProgress(io, null);
  }
  return EXIT.ok;
}

/** Nothing is lost by it, and so nothing is asked: what was there before is kept aside. */
export async function restoreFrom({ io, session, json }: Run, file: string): Promise<number> {
  const { data } = session.client;
  try {
    for await (const event of await data.checkPath({ path: fromCaller(io, file) }, { signal: io.signal })) {
      if (event.kind === "progress") {
        sayProgress(io, `checked ${mib(event.done)} of ${mib(event.total)}`);
        continue;
      }
      sayProgress(io, null);
      const { id, contents, notes } = event.restore;
      const { folder, now } = await data.restore({ id });
      for (const note of notes) say(io, note);
      if (json) {
        await printJson(io, { ...event.restore, armed: true, folder });
        return EXIT.ok;
      }
      await printLine(io, `${event.restore.file} is whole:`);
      for (const line of held(contents)) await printLine(io, line);
      await printLine(
        io,
        `At the next start it takes the place of the ${now.products} products in ${folder}, which are kept beside it.`,
      );
      if (session.attached) say(io, "An engine runs on this folder: end it and start it again.");
      return EXIT.ok;
    }
  } finally {
    sayProgress(io, null);
  }
  throw new ShelfmatchError("ENGINE_GONE", "The engine ended before the backup was checked. Run the command again.");
}
