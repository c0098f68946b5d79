import { ShelfmatchError } from "../../shared/errors.ts";
import type { EncodeOptions } from "./port.ts";

type Priority = NonNullable<EncodeOptions["priority"]>;

interface BatcherOptions<In, Out> {
  /** Batches that run at once: one a worker, or as many as a server should hold. */
  concurrency: number;
  /** Items of one batch, at most. */
  maxBatch: number | (() => number);
  /** Items that may wait a priority before further calls get BUSY. */
  capacity: number;
  /** `spread` what waits over the free workers, or `fill` each batch: a server shares out by itself. */
  sharing?: "spread" | "fill";
  run(items: In[], context: BatchContext): Promise<Out[]>;
}

interface BatchContext {
  /** Fires when nobody waits for anything in the batch any more. */
  signal: AbortSignal;
  priority: Priority;
}

interface Request<In, Out> {
  items: readonly In[];
  results: Out[];
  /** Items handed to a worker so far, and answered so far. */
  started: number;
  done: number;
  settle(error?: unknown): void;
  /** Called once it is settled: batches that run for it need not go on. */
  left: Set<() => void>;
}

export interface Batcher<In, Out> {
  /** @throws ShelfmatchError BUSY, CANCELLED, ENGINE_GONE after `close` */
  submit(items: readonly In[], options?: EncodeOptions): Promise<Out[]>;
  /** Refuses what waits and what comes, and waits until what runs has ended. */
  close(): Promise<void>;
}

/**
 * Gathers what is asked for while workers are busy into batches. A free worker never waits for a batch to fill, and
 * what waits is shared out evenly among the free workers, so that one query's views run side by side.
 */
export function createBatcher<In, Out>(options: BatcherOptions<In, Out>) {
  const { concurrency, maxBatch, capacity, sharing = "spread", run } = options;
  const queues: Record<Priority, Request<In, Out>[]> = { interactive: [], bulk: [] };
  const running = new Set<Promise<void>>();
  let free = concurrency;
  let closed = false;

  const waiting = (queue: Request<In, Out>[]) =>
    queue.reduce((sum, request) => sum + request.items.length - request.started, 0);

  function dispatch(): void {
    while (free > 0) {
      const priority = queues.interactive.length > 0 ? "interactive" : "bulk";
      const queue = queues[priority];
      const largest = typeof maxBatch === "number" ? maxBatch : maxBatch();
      const size = Math.min(largest, Math.ceil(waiting(queue) / (sharing === "spread" ? free : 1)));
      if (size === 0) return;
      free--;
      const batch = runBatch(take(queue, size), priority);
      running.add(batch);
      void batch.finally(() => running.delete(batch));
    }
  }

  /** Takes `size` items off the front of the queue, with the place that each result goes to. */
  function take(queue: Request<In, Out>[], size: number) {
    const batch: { request: Request<In, Out>; place: number; item: In }[] = [];
    while (batch.length < size) {
      const request = queue[0];
      if (request === undefined) break;
      const place = request.started++;
      batch.push({ request, place, item: request.items[place] as In });
      if (request.started === request.items.length) queue.shift();
    }
    return batch;
  }

  async function runBatch(batch: ReturnType<typeof take>, priority: Priority): Promise<void> {
    const abandoned = new AbortController();
    const callers = new Set(batch.map(({ request }) => request));
    for (const caller of callers) {
      caller.left.add(() => {
        callers.delete(caller);
        if (callers.size === 0) abandoned.abort();
      });
    }
    try {
      const context = { signal: abandoned.signal, priority };
      const results = await run(
        batch.map(({ item }) => item),
        context,
      );
      if (results.length !== batch.length) throw new Error(`${results.length} results for ${batch.length} items`);
      for (const [index, { request, place }] of batch.entries()) {
        request.results[place] = results[index] as Out;
        request.done++;
        if (request.done === request.items.length) request.settle();
      }
    } catch (error) {
      for (const { request } of batch) {
        drop(request);
        request.settle(error);
      }
    } finally {
      free++;
      dispatch();
    }
  }

  function drop(request: Request<In, Out>): void {
    for (const queue of Object.values(queues)) {
      const at = queue.indexOf(request);
      if (at >= 0) queue.splice(at, 1);
    }
  }

  const batcher: Batcher<In, Out> = {
    async submit(items, { signal, priority = "interactive" } = {}) {
      if (signal?.aborted) throw cancelled();
      if (closed) throw gone();
      if (items.length === 0) return [];
      // A call larger than the whole queue still goes in once there is room: it could never go otherwise.
      if (waiting(queues[priority]) >= capacity) {
        throw new ShelfmatchError("BUSY", "The encoder has more pictures waiting than it can take. Try again shortly.");
      }
      return new Promise<Out[]>((resolve, reject) => {
        const request: Request<In, Out> = {
          items,
          results: new Array<Out>(items.length),
          started: 0,
          done: 0,
          left: new Set(),
          settle(error) {
            signal?.removeEventListener("abort", onAbort);
            for (const leave of request.left) leave();
            request.left.clear();
            if (error === undefined) resolve(request.results);
            else reject(error);
          },
        };
        function onAbort() {
          drop(request);
          request.settle(cancelled());
        }
        signal?.addEventListener("abort", onAbort, { once: true });
        queues[priority].push(request);
        dispatch();
      });
    },
    async close() {
      closed = true;
      for (const queue of Object.values(queues)) for (const request of queue.splice(0)) request.settle(gone());
      await Promise.all(running);
    },
  };
  return batcher;
}

const cancelled = () => new ShelfmatchError("CANCELLED", "The request was cancelled.");
const gone = () => new ShelfmatchError("ENGINE_GONE", "The encoder has been shut down.");
