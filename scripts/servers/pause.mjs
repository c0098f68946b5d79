import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Milliseconds that a process may take to stop. */
const PATIENCE_MS = 2_000;

/**
 * Stops a process' time, and waits until each of its threads stands still: one that runs on for a moment would answer the
 * very request that is not to be answered.
 * @param {number} pid
 */
export function pauseProcess(pid) {
  process.kill(pid, "SIGSTOP");
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return;
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const runs = () => readdirSync(tasks).some((task) => !/^State:\s+[TtZX]/m.test(status(`${tasks}/${task}/status`)));
  for (const end = Date.now() + PATIENCE_MS; runs() && Date.now() < end; ) Atomics.wait(clock, 0, 0, 5);
}

/** @param {string} file */
function status(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The thread has ended meanwhile.
    return "State:\tX";
  }
}
