import { availableParallelism } from "node:os";
import { Piscina } from "piscina";

/** Threads for `wanted` (0: one a core). More than eight only share the memory's bandwidth. */
export function workerCount(wanted: number): number {
  return Math.max(1, wanted === 0 ? Math.min(8, availableParallelism()) : wanted);
}

/** `workers` threads that stay, each running the default export of `file` with `workerData`. */
export function createPool(file: URL, workers: number, workerData: object): Piscina {
  return new Piscina({
    filename: file.href,
    workerData,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
}
