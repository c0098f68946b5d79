import { Piscina } from "piscina";

export interface TaskPool {
  /** Runs the default export of the worker file with the task. */
  run<Result>(file: URL, task: unknown, signal?: AbortSignal): Promise<Result>;
  /** Waits for what runs, then ends the threads. */
  close(): Promise<void>;
}

/** Milliseconds that idle threads stay: OpenCV and the text reader hold some hundred megabytes, and load for a second. */
const IDLE_MS = 600_000;

/**
 * Threads that come when there is work and go when there is none for a while. A cancelled caller is answered at once,
 * but its task runs to its end: ONNX Runtime aborts the whole process when a thread is ended inside a native call, and
 * loading OpenCV anew costs more than one task.
 */
export function createTaskPool(threads: number, idleMs = IDLE_MS): TaskPool {
  const piscina = new Piscina({ minThreads: 0, maxThreads: threads, idleTimeout: idleMs });
  // A thread that dies fails the call that it ran with the same error; without a listener it would end the process too.
  piscina.on("error", () => {});
  const running = new Set<Promise<unknown>>();

  return {
    async run<Result>(file: URL, task: unknown, signal?: AbortSignal): Promise<Result> {
      signal?.throwIfAborted();
      const result: Promise<Result> = piscina.run(task, { filename: file.href });
      running.add(result);
      const forget = () => void running.delete(result);
      result.then(forget, forget);
      if (signal === undefined) return result;
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      return Promise.race([result, aborted]).finally(() => signal.removeEventListener("abort", stop));
    },
    async close() {
      await Promise.allSettled([...running]);
      await piscina.destroy();
    },
  };
}
