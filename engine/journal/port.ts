import type { Config } from "../../shared/config.ts";
import type { JournalEntry, JournalQuery, Level, Run } from "../../shared/contract/journal.ts";
import type { Verdict } from "../../shared/contract/match.ts";
import type { RemoteHealth } from "../lib/remote/remote-service.ts";

/** Port of the journal: log lines, errors, runs. Adapters: `sqlite/`; MongoDB joins behind it. */

export interface LogLine {
  /** Milliseconds since the epoch. */
  time: number;
  level: Level;
  component: string;
  runId: string | null;
  message: string;
  data: Record<string, unknown> | null;
}

export interface QueryPhoto {
  /** SHA-256 hex of the photo as it was sent. */
  hash: string;
  bytes: Uint8Array;
  mediaType: string;
}

export interface JournalHealth {
  state: "ready" | "degraded" | "down";
  detail: string;
  /** Where a service of the stack stands behind it. */
  remote?: RemoteHealth;
}

export interface Journal {
  /** Queues a line; never throws and never waits. Lines over the bound are counted and said. */
  log(line: LogLine): void;
  /** Keeps a run and, where the settings say so, its photo. */
  recordRun(run: Run, photo: QueryPhoto | null): Promise<void>;
  /**
   * What somebody says of the run's answer, in the place of what was said before; null takes it back.
   * @throws ShelfmatchError RUN_NOT_FOUND
   */
  addFeedback(runId: string, feedback: Run["feedback"]): Promise<void>;
  list(query: JournalQuery): Promise<{ entries: JournalEntry[]; components: string[] }>;
  /** Lines written from now on, until the signal fires. A slow reader skips lines and is told how many. */
  follow(
    filter: Pick<JournalQuery, "level" | "component" | "runId" | "text">,
    signal: AbortSignal,
  ): AsyncIterable<JournalEntry>;
  runs(query: { verdict?: Verdict | undefined; before?: string | undefined; limit: number }): Promise<Run[]>;
  /** @throws ShelfmatchError RUN_NOT_FOUND */
  run(runId: string): Promise<Run>;
  /** @throws ShelfmatchError PICTURE_NOT_FOUND */
  photo(runId: string): Promise<QueryPhoto>;
  /** Retention and photos, as the settings say from now on. */
  applySettings(settings: Config["journal"]): void;
  /** Waits until every queued line is on disk. */
  flush(): Promise<void>;
  /** Removes what the retention settings no longer keep. */
  prune(now: number): Promise<{ lines: number; runs: number; photos: number }>;
  health(): Promise<JournalHealth>;
  close(): Promise<void>;
}
