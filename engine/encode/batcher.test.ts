import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";

/** Doubles numbers, each batch taking 5 ms, and keeps the batches that it saw. */
function doubling(options: { concurrency?: number; maxBatch?: number; capacity?: number; sharing?: "fill" } = {}) {
  const batches: number[][] = [];
  const batcher = createBatcher<number, number>({
    concurrency: 1,
    maxBatch: 4,
    capacity: 100,
    ...options,
    async run(items) {
      batches.push(items);
      await sleep(5);
      if (items.includes(13)) throw new Error("thirteen");
      return items.map((item) => item * 2);
    },
  });
  return { batcher, batches };
}

test("gathers what arrives while a batch runs, and answers each call in its own order", async () => {
  const { batcher, batches } = doubling();
  const answers = await Promise.all([batcher.submit([1]), batcher.submit([2, 3]), batcher.submit([4])]);
  expect(answers).toEqual([[2], [4, 6], [8]]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test("shares a call's items out among the free workers", async () => {
  const { batcher, batches } = doubling({ concurrency: 2 });
  expect(await batcher.submit([1, 2, 3, 4])).toEqual([2, 4, 6, 8]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("never exceeds the largest batch", async () => {
  const { batcher, batches } = doubling();
  await batcher.submit(Array.from({ length: 10 }, (_, n) => n));
  expect(batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
});

test("what a person waits for goes before an import", async () => {
  const { batcher, batches } = doubling({ maxBatch: 2 });
  await Promise.all([batcher.submit([1, 2, 3, 4, 5], { priority: "bulk" }), batcher.submit([9])]);
  expect(batches).toEqual([[1, 2], [9], [3, 4], [5]]);
});

test("says BUSY when the queue is full, and takes calls again once it is not", async () => {
  const { batcher } = doubling({ capacity: 2 });
  const running = batcher.submit([1]);
  const waiting = batcher.submit([2, 3]);
  await expect(batcher.submit([4])).rejects.toMatchObject({ code: "BUSY", retryable: true });
  await Promise.all([running, waiting]);
  expect(await batcher.submit([4])).toEqual([8]);
});

test("a fired signal takes the waiting items out of the queue", async () => {
  const { batcher, batches } = doubling();
  const running = batcher.submit([1]);
  const controller = new AbortController();
  const waiting = batcher.submit([2, 3], { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
  await running;
  await expect(batcher.submit([5], { signal: controller.signal })).rejects.toMatchObject({ code: "CANCELLED" });
  expect(batches).toEqual([[1]]);
});

test("a failed batch fails its own calls alone", async () => {
  const { batcher } = doubling();
  const bad = batcher.submit([13, 14, 15, 16, 17]);
  const good = batcher.submit([1]);
  await expect(bad).rejects.toThrow("thirteen");
  expect(await good).toEqual([2]);
});

test("closing refuses what waits and what comes", async () => {
  const { batcher } = doubling();
  const running = batcher.submit([1]);
  const waiting = batcher.submit([2]);
  batcher.close();
  await expect(waiting).rejects.toMatchObject({ code: "ENGINE_GONE" });
  await expect(batcher.submit([3])).rejects.toMatchObject({ code: "ENGINE_GONE" });
  expect(await running).toEqual([2]);
});

test("fills each batch before it begins another, where a server shares out", async () => {
  const { batcher, batches } = doubling({ concurrency: 3, sharing: "fill" });
  expect(await batcher.submit([1, 2, 3, 4, 5, 6])).toEqual([2, 4, 6, 8, 10, 12]);
  expect(batches).toEqual([
    [1, 2, 3, 4],
    [5, 6],
  ]);
});

test("a batch's signal fires once nobody waits for any of it, and not before", async () => {
  const signals: AbortSignal[] = [];
  const [before, gathered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const batcher = createBatcher<number, number>({
    concurrency: 1,
    maxBatch: 4,
    capacity: 100,
    async run(items, { signal }) {
      signals.push(signal);
      await (signals.length === 1 ? before : gathered).promise;
      return items;
    },
  });
  const [one, other] = [new AbortController(), new AbortController()];
  const running = batcher.submit([0]);
  const first = batcher.submit([1], { signal: one.signal });
  const second = batcher.submit([2], { signal: other.signal });
  before.resolve();
  await running;
  expect(signals).toHaveLength(2);
  one.abort();
  await expect(first).rejects.toMatchObject({ code: "CANCELLED" });
  expect(signals[1]?.aborted).toBe(false);
  other.abort();
  await expect(second).rejects.toMatchObject({ code: "CANCELLED" });
  expect(signals[1]?.aborted).toBe(true);
  gathered.resolve();
});

test("closing waits until what runs has ended", async () => {
  const { batcher } = doubling();
  let ended = false;
  const running = batcher.submit([1]).then(() => {
    ended = true;
  });
  await batcher.close();
  expect(ended).toBe(true);
  await running;
});
