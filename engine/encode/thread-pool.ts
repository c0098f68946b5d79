import { availableParallelism } from "node:os";
import { Piscina } from "piscina";

export interface Pool {
  /** Runs the workers' function on a free worker. */
  run<Task, Result>(task: Task): Promise<Result>;
  /** Waits for what runs, then ends the threads. */
  close(): Promise<void>;
}

/** Threads for `wanted` (0: one a core). More than eight only share the memory's bandwidth. */
export function workerCount(wanted: number): number {
  return Math.max(1, wanted === 0 ? Math.min(8, availableParallelism()) : wanted);
}

/**
 * `workers` threads that stay, each running the default export of `file` with `workerData`. The file posts a message
 * once it has loaded, or failed to: ONNX Runtime aborts the whole process when a thread is ended inside a native call,
 * so a thread is ended neither while it loads nor while it runs.
 */
export function createPool(file: URL, workers: number, workerData: object): Pool {
  const piscina = new Piscina({
    filename: file.href,
    workerData,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  // A thread that dies fails the call that it ran with the same error; without a listener it would end the process too.
  piscina.on("error", () => {});
  let loaded = 0;
  const allLoaded = new Promise<void>((resolve) => {
    piscina.on("message", () => {
      loaded++;
      if (loaded === workers) resolve();
    });
  });
  const running = new Set<Promise<unknown>>();
  return {
    run<Task, Result>(task: Task): Promise<Result> {
      const result: Promise<Result> = piscina.run(task);
      running.add(result);
      const forget = () => void running.delete(result);
      result.then(forget, forget);
      return result;
    },
    async close() {
      // Idle threads keep no process alive: without the timer it could end here, in the middle of a load.
      const alive = setInterval(() => {}, 1000);
      await Promise.allSettled([allLoaded, ...running]);
      await piscina.destroy();
      clearInterval(alive);
    },
  };
}
