import type { Run } from "../command.ts";
import { say, sayProgress } from "../io.ts";

/** Waits until every product can be found by a photo, or is known not to be. @throws where Ctrl-C ends the waiting */
export async function findable({ io, session }: Run): Promise<void> {
  try {
    await session.settled(io.signal, (left) => sayProgress(io, `${left} products to index`));
  } finally {
    sayProgress(io, null);
  }
}

/**
 * An answer from half an index is wrong, and `none` from an empty one as well: a command with an engine of its own
 * lets it finish first, since nobody else would; one that attaches says what is missing.
 */
export async function wholeIndex(run: Run): Promise<void> {
  const { io, session } = run;
  const { total } = await session.client.catalog.list({ indexState: "pending", pageSize: 1 }, { signal: io.signal });
  if (total === 0) return;
  if (session.attached) {
    say(io, `${total} products are still being indexed, and are not found until they are.`);
    return;
  }
  say(io, `${total} products are indexed first; Ctrl-C ends that.`);
  await findable(run);
}
