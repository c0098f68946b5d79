import { expect, it } from "vitest";
import type { Activity } from "../../shared/contract/activity.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { createActivities, type Entry } from "./activities.ts";

const entry = (changes: Partial<Entry>): Entry => ({
  ...{ job: "1", name: "list.csv", state: "running", done: 0, total: 10, secondsLeft: null, problems: 0, error: null },
  actions: ["cancel"],
  ...changes,
});

const progressOf = (done: number) => ({ done, total: 3 });

/** Three steps, each let go by hand. */
function steps() {
  const gates = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  return {
    go: (step: number) => gates[step]?.resolve(),
    fail: (step: number, error: Error) => gates[step]?.reject(error),
    async *events(signal: AbortSignal) {
      for (const [step, gate] of gates.entries()) {
        const aborted = new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
        );
        await Promise.race([gate.promise, aborted]);
        yield step + 1;
      }
    },
  };
}

it("lists the jobs of every source, and hands actions to the right one", async () => {
  const acted: string[] = [];
  const activities = createActivities([
    { kind: "import", now: () => [entry({ done: 4 })], act: (job, action) => acted.push(`import ${job} ${action}`) },
    {
      kind: "batch",
      now: async () => [entry({ state: "paused", actions: ["resume", "cancel"] })],
      act: (job, action) => acted.push(`batch ${job} ${action}`),
    },
  ]);
  expect((await activities.list()).map(({ id, state, done }) => [id, state, done])).toEqual([
    ["import:1", "running", 4],
    ["batch:1", "paused", 0],
  ]);
  await activities.act("batch:1", "resume");
  expect(acted).toEqual(["batch 1 resume"]);
  await expect(activities.act("import:1", "pause")).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(activities.act("import:2", "cancel")).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
});

it("tells of changes, and of nothing else", async () => {
  let done = 0;
  let asked = 0;
  const activities = createActivities([
    {
      kind: "import",
      now() {
        asked += 1;
        if (asked === 3) done = 7;
        return [entry({ done })];
      },
    },
  ]);
  const stop = new AbortController();
  const told: number[] = [];
  for await (const [first] of activities.watch(stop.signal)) {
    told.push(first?.done ?? -1);
    if (told.length === 2) stop.abort();
  }
  expect(told).toEqual([0, 7]);
  expect(asked).toBeGreaterThanOrEqual(3);
});

it("follows a stream until it is done", async () => {
  const work = steps();
  const activities = createActivities([]);
  const stream = activities.follow("backup", work.events, { name: "shop.zip", progressOf });
  work.go(0);
  expect(await stream.next()).toEqual({ value: 1, done: false });
  expect(await activities.list()).toMatchObject([
    { kind: "backup", name: "shop.zip", state: "running", done: 1, total: 3 },
  ]);
  work.go(1);
  work.go(2);
  for await (const _ of stream);
  expect(await activities.list()).toMatchObject([{ state: "done", done: 3, actions: [] }]);
});

it("stops a stream on demand, and keeps why one failed", async () => {
  const work = steps();
  const activities = createActivities([]);
  const stopped = activities.follow("move", work.events, { progressOf });
  const next = stopped.next();
  const refused = expect(next).rejects.toMatchObject({ code: "CANCELLED" });
  const [{ id } = { id: "" }] = await activities.list();
  await activities.act(id, "cancel");
  await refused;
  const full = steps();
  const failing = activities.follow("backup", full.events, { progressOf });
  full.fail(0, new ShelfmatchError("DISK_FULL", "The disk is full."));
  await expect(failing.next()).rejects.toMatchObject({ code: "DISK_FULL" });
  const states = (await activities.list()).map(({ state, error }: Activity) => [state, error?.code ?? null]);
  expect(states).toEqual([
    ["cancelled", null],
    ["failed", "DISK_FULL"],
  ]);
});

it("calls a stream cancelled whose reader went away", async () => {
  const work = steps();
  const activities = createActivities([]);
  work.go(0);
  for await (const _ of activities.follow("backup", work.events, { progressOf })) break;
  expect(await activities.list()).toMatchObject([{ state: "cancelled" }]);
});
