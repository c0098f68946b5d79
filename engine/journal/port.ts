import type { Config } from "../../shared/config.ts";
import type {
  FollowFilter,
  JournalEntry,
  JournalFigures,
  JournalFilter,
  JournalOverview,
  JournalQuery,
  JournalUsage,
  Level,
  Problem,
  ProblemQuery,
  ProblemState,
  Run,
} from "../../shared/contract/journal.ts";
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

export interface Pruned {
  lines: number;
  runs: number;
  photos: number;
}

export interface ProblemMark {
  fingerprint: string;
  state: ProblemState;
  note: string | null;
  /** Milliseconds since the epoch. */
  time: number;
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
  /** Newest first. `components` are all that have lines. */
  list(query: JournalQuery): Promise<{ entries: JournalEntry[]; components: string[] }>;
  /** Counts of the lines that fit, in `points` bars at most. */
  overview(filter: JournalFilter, points: number): Promise<JournalOverview>;
  /** Warnings and errors that say the same, those seen last first; trends in `points` parts. */
  problems(query: ProblemQuery, points: number): Promise<Problem[]>;
  /** Up to 100 runs that a problem came up in, newest first; none of a problem that is not there. */
  problemRuns(fingerprint: string): Promise<{ runId: string; time: string }[]>;
  /**
   * Marks a problem, whether it is in the journal or not; null takes its mark away.
   * @param time milliseconds since the epoch, of a mark of another journal; left out: now
   */
  mark(fingerprint: string, state: ProblemState | null, note: string | null, time?: number): Promise<void>;
  /** Every mark, by fingerprint, whether its problem is in the journal or not. */
  marks(): Promise<ProblemMark[]>;
  /** Latencies, verdicts and problems in `points` steps at most. */
  figures(range: { since: string; until: string }, points: number): Promise<JournalFigures>;
  usage(): Promise<JournalUsage>;
  /** Lines written from now on, until the signal fires. A slow reader skips lines and is told how many. */
  follow(filter: FollowFilter, signal: AbortSignal): AsyncIterable<JournalEntry>;
  runs(query: { verdict?: Verdict | undefined; before?: string | undefined; limit: number }): Promise<Run[]>;
  /** @throws ShelfmatchError RUN_NOT_FOUND */
  run(runId: string): Promise<Run>;
  /** @throws ShelfmatchError PICTURE_NOT_FOUND */
  photo(runId: string): Promise<QueryPhoto>;
  /** Retention and photos, as the settings say from now on. */
  applySettings(settings: Config["journal"]): void;
  /** Waits until every queued line is on disk. */
  flush(): Promise<void>;
  /**
   * Removes what the retention settings no longer keep, in small steps.
   * @param before also all that is older than this, milliseconds since the epoch
   */
  prune(now: number, before?: number): Promise<Pruned>;
  health(): Promise<JournalHealth>;
  close(): Promise<void>;
}
