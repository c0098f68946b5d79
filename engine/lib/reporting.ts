import { setTimeout as sleep } from "node:timers/promises";

/** Often enough for a bar, seldom enough for a port without back-pressure. */
const EVERY_MS = 100;

/**
 * Runs work that says how far it is, as a stream of what it said last, ten times a second at most; a consumer that goes
 * away, or whose signal fires, ends the work and waits for it to have cleaned up.
 * @returns what the work returns
 * @throws what the work throws
 */
export async function* reporting<P, R>(
  work: (report: (progress: P) => void, signal: AbortSignal) => Promise<R>,
  outer?: AbortSignal,
): AsyncGenerator<P, R> {
  const gone = new AbortController();
  const signal = outer === undefined ? gone.signal : AbortSignal.any([gone.signal, outer]);
  let latest: { progress: P } | null = null;
  let ended = false;
  const running = work((progress) => {
    latest = { progress };
  }, signal).finally(() => {
    ended = true;
  });
  // Its failure is thrown below; until then it must not count as one that nobody handles.
  running.catch(() => {});
  const take = () => {
    const taken = latest;
    latest = null;
    return taken as { progress: P } | null;
  };
  try {
    while (!ended) {
      await Promise.race([running.catch(() => {}), sleep(EVERY_MS)]);
      const said = take();
      if (said !== null) yield said.progress;
    }
    return await running;
  } finally {
    gone.abort();
    await running.catch(() => {});
  }
}
