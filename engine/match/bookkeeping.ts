/** Milliseconds to a hundredth. */
export const roundMs = (ms: number) => Math.round(ms * 100) / 100;

/** What one answer notes while it is made: how long its parts took, and what they had to do without. */
export interface Bookkeeping {
  /** Milliseconds by name of the part. */
  timings: Record<string, number>;
  warnings: string[];
  /** Files how long the work takes under a name. */
  time<T>(name: string, work: Promise<T>): Promise<T>;
  /**
   * A later stage that fails costs its evidence, never the answer.
   * @throws the signal's reason where the caller has gone
   */
  spare<T>(what: string, work: Promise<T>, instead: T): Promise<T>;
  /** Timings and warnings as they stand, for a stage that is given while the next one goes on. */
  soFar(): { timings: Record<string, number>; warnings: string[] };
}

export function createBookkeeping(signal: AbortSignal | undefined): Bookkeeping {
  const timings: Record<string, number> = {};
  const warnings: string[] = [];
  return {
    timings,
    warnings,
    async time(name, work) {
      const started = performance.now();
      try {
        return await work;
      } finally {
        timings[name] = roundMs(performance.now() - started);
      }
    },
    async spare(what, work, instead) {
      try {
        return await work;
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        warnings.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
        return instead;
      }
    },
    soFar: () => ({ timings: { ...timings }, warnings: [...warnings] }),
  };
}
