import type { JournalEntry, JournalQuery } from "../../../../shared/contract/journal.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { printJson, printLine } from "../io.ts";
import { printable } from "../table.ts";

export interface JournalOptions extends Pick<JournalQuery, "level" | "component" | "runId" | "text" | "since"> {
  limit: number;
  follow: boolean;
}

async function print({ io, json }: Run, entry: JournalEntry): Promise<void> {
  if (json) return printJson(io, entry);
  const { time, level, component, runId, message } = entry;
  const run = runId === null ? "" : ` [${runId}]`;
  return printLine(io, printable(`${time} ${level.padEnd(5)} ${component}${run}: ${message}`));
}

/** Oldest first, as one reads; `follow` goes on with new lines until Ctrl-C. @returns the exit code */
export async function journal(run: Run, { limit, follow, since, ...filter }: JournalOptions): Promise<number> {
  const { io, session } = run;
  // Followed before listed: a line between the two would be in neither.
  const lines = follow ? await session.client.journal.follow(filter, { signal: io.signal }) : null;
  const { entries } = await session.client.journal.list({ ...filter, since, limit }, { signal: io.signal });
  let last = 0;
  for (const entry of entries.toReversed()) {
    last = entry.id;
    await print(run, entry);
  }
  if (lines === null) return EXIT.ok;
  try {
    for await (const entry of lines) if (entry.id > last) await print(run, entry);
  } catch (error) {
    // Ctrl-C is how following ends.
    if (!io.signal.aborted) throw error;
  }
  return EXIT.ok;
}
