import { setTimeout as sleep } from "node:timers/promises";
import type { Activity, ActivityAction, ActivityKind } from "../../shared/contract/activity.ts";
import { ShelfmatchError } from "../../shared/errors.ts";

/**
 * One list of all long work. A job joins in one of two ways, and needs no more than that to be in the tray:
 *
 * - it keeps its own state (an import, a batch): a `source` in `sources.ts` reads it off, quickly, since that is asked
 *   twice a second while anybody looks; and says what to do on `pause`, `resume`, `cancel`;
 * - it is a stream that its caller reads (a backup, a move): `follow` puts it into the list for as long as it runs.
 *
 * A new kind is added to `activityKindSchema`, and to the words and links of the pages' tray.
 */
export interface ActivitySource {
  kind: ActivityKind;
  /** What runs, and what ended since the engine started. `id` and `kind` are added. */
  now(): Entry[] | Promise<Entry[]>;
  /** @throws ShelfmatchError where the job is gone */
  act?(job: string, action: ActivityAction): unknown;
}

export type Entry = Omit<Activity, "id" | "kind">;

export interface Activities {
  list(): Promise<Activity[]>;
  /** Now, and at every change; ends with the signal. */
  watch(signal?: AbortSignal): AsyncIterable<Activity[]>;
  /** @throws ShelfmatchError JOB_NOT_FOUND, INVALID_INPUT where this can't be done with it now */
  act(id: string, action: ActivityAction): Promise<Activity[]>;
  /**
   * Hands the events of a stream on, and lists it while it runs; what became of it stays in the list.
   * @param progressOf how far an event says it is; null where it says nothing of that
   */
  follow<Event>(
    kind: ActivityKind,
    events: (signal: AbortSignal) => AsyncIterable<Event>,
    options: {
      name?: string;
      progressOf(event: NoInfer<Event>): { done: number; total: number } | null;
      signal?: AbortSignal | undefined;
    },
  ): AsyncGenerator<Event, void>;
}

const PACE_MS = 500;
/** While nothing runs. */
const QUIET_PACE_MS = 1_500;
/** Streams that ended, and are still listed. */
const REMEMBERED = 10;

interface Followed {
  activity: Activity;
  stop: AbortController;
}

/** What is told of an error; the details of one that was not foreseen are in the journal. */
function errorOf(error: unknown): NonNullable<Activity["error"]> {
  if (error instanceof ShelfmatchError) return { code: error.code, message: error.message };
  return { code: "INTERNAL", message: "It stopped by an error of the app. The journal has the details." };
}

export function createActivities(sources: readonly ActivitySource[]): Activities {
  const followed = new Map<string, Followed>();
  let streams = 0;

  async function list(): Promise<Activity[]> {
    const lists = await Promise.all(
      sources.map(async ({ kind, now }) =>
        (await now()).map((entry) => ({ ...entry, kind, id: `${kind}:${entry.job}` })),
      ),
    );
    return [...lists.flat(), ...[...followed.values()].map(({ activity }) => ({ ...activity }))];
  }

  async function find(id: string): Promise<Activity> {
    const found = (await list()).find((one) => one.id === id);
    if (found !== undefined) return found;
    throw new ShelfmatchError("JOB_NOT_FOUND", `Nothing of the id ${id} runs. It may have ended by now.`);
  }

  return {
    list,
    async *watch(signal) {
      let before = "";
      while (signal?.aborted !== true) {
        const now = await list();
        const said = JSON.stringify(now);
        if (said !== before) yield now;
        before = said;
        const pace = now.some(({ state }) => state === "running") ? PACE_MS : QUIET_PACE_MS;
        await sleep(pace, undefined, signal === undefined ? {} : { signal }).catch(() => {});
      }
    },
    async act(id, action) {
      const { actions, kind, job } = await find(id);
      if (!actions.includes(action)) {
        const message = `This can't be done now: ${action}. It is possible to: ${actions.join(", ") || "nothing"}.`;
        throw new ShelfmatchError("INVALID_INPUT", message, { details: { actions } });
      }
      const stream = followed.get(id);
      if (stream !== undefined) stream.stop.abort(new ShelfmatchError("CANCELLED", "Cancelled."));
      else await sources.find((source) => source.kind === kind)?.act?.(job, action);
      return list();
    },
    async *follow(kind, events, { name = "", progressOf, signal }) {
      streams += 1;
      const job = String(streams);
      const stop = new AbortController();
      const activity: Activity = {
        ...{ id: `${kind}:${job}`, kind, job, name, state: "running", done: 0, total: null, secondsLeft: null },
        ...{ problems: 0, error: null, actions: ["cancel"] },
      };
      followed.set(activity.id, { activity, stop });
      for (const id of [...followed.keys()].slice(0, -REMEMBERED)) {
        if (followed.get(id)?.activity.state !== "running") followed.delete(id);
      }
      const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
      // As it stays where the reader goes away.
      let outcome: Activity["state"] = "cancelled";
      try {
        for await (const event of events(both)) {
          Object.assign(activity, progressOf(event) ?? {});
          yield event;
        }
        outcome = both.aborted ? "cancelled" : "done";
      } catch (error) {
        outcome = both.aborted ? "cancelled" : "failed";
        if (outcome === "failed") activity.error = errorOf(error);
        throw error;
      } finally {
        Object.assign(activity, { state: outcome, actions: [] });
      }
    },
  };
}
