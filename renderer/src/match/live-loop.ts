interface LiveLoop<Frame> {
  /** @returns null while the camera has nothing to show yet */
  capture: () => Promise<Frame | null>;
  match: (frame: Frame) => Promise<void>;
  /** Breathing space between an answer and the next frame; longer after a failure. */
  pause: (failures: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/**
 * Matches what the camera sees, again and again, until the signal fires. The next frame is taken only when the answer
 * to the last one is whole: a slow engine sees fewer frames, never a queue of them.
 */
export async function runLive<Frame>({ capture, match, pause, signal }: LiveLoop<Frame>): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const frame = await capture();
    if (signal.aborted) return;
    if (frame !== null) {
      try {
        await match(frame);
        failures = 0;
      } catch {
        // Shown by whoever matches; here it only slows the loop down.
        failures += 1;
      }
    }
    await pause(failures, signal);
  }
}

const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export function pauseMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** failures);
}

/** Ends early when the signal fires. */
export function livePause(failures: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, pauseMs(failures));
    signal.addEventListener("abort", finish);
  });
}
