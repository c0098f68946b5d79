import type { DatabaseSync } from "node:sqlite";
import type { Run } from "../../../shared/contract/journal.ts";
import { runSchema } from "../../../shared/contract/journal.ts";
import type { Verdict } from "../../../shared/contract/match.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { inTransaction } from "../../lib/sqlite.ts";
import { floorTo, HOUR } from "../analysis/steps.ts";

/** Where a run's photo is kept. */
export interface PhotoRef {
  hash: string;
  mediaType: string;
}

function toRun(row: Record<string, unknown>): Run {
  const runId = String(row.run_id);
  try {
    const body: unknown = JSON.parse(String(row.body));
    const feedback: unknown = row.feedback === null ? null : JSON.parse(String(row.feedback));
    return runSchema.parse({ ...(body as object), feedback, photo: row.photo_hash });
  } catch (cause) {
    const message = `Run ${runId} in the journal can't be read: what is stored is not a run of this version.`;
    throw new ShelfmatchError("DATA_CORRUPT", `${message} The other runs are not touched.`, { cause });
  }
}

function notFound(runId: string): ShelfmatchError {
  const message = `There is no run ${runId} in the journal. It may be older than the retention settings keep.`;
  return new ShelfmatchError("RUN_NOT_FOUND", message, { details: { runId } });
}

/** Matching runs in the database. */
export class RunStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Adds the run, or writes over the one of the same id (a later stage of it). */
  write(run: Run, photo: PhotoRef | null): void {
    inTransaction(this.#db, () => {
      this.#write(run, photo);
      this.#touch(Date.parse(run.time));
    });
  }

  /** The charts' sums of the run's hour are to be made anew. */
  #touch(time: number): void {
    this.#db
      .prepare("INSERT INTO run_hours VALUES (?, 1) ON CONFLICT DO UPDATE SET version = version + 1")
      .run(floorTo(time, HOUR));
  }

  #write(run: Run, photo: PhotoRef | null): void {
    const { feedback, photo: _named, ...body } = run;
    this.#db
      .prepare(
        `INSERT INTO runs (run_id, time, verdict, body, feedback, photo_hash, photo_type) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (run_id) DO UPDATE SET time = excluded.time, verdict = excluded.verdict, body = excluded.body,
           feedback = coalesce(excluded.feedback, feedback), photo_hash = coalesce(excluded.photo_hash, photo_hash),
           photo_type = coalesce(excluded.photo_type, photo_type)`,
      )
      .run(
        run.runId,
        Date.parse(run.time),
        run.verdict,
        JSON.stringify(body),
        feedback === null ? null : JSON.stringify(feedback),
        photo?.hash ?? null,
        photo?.mediaType ?? null,
      );
  }

  /** @throws ShelfmatchError RUN_NOT_FOUND */
  addFeedback(runId: string, feedback: Run["feedback"]): void {
    const { changes } = this.#db
      .prepare("UPDATE runs SET feedback = ? WHERE run_id = ?")
      .run(feedback === null ? null : JSON.stringify(feedback), runId);
    if (Number(changes) === 0) throw notFound(runId);
  }

  /** @throws ShelfmatchError RUN_NOT_FOUND, DATA_CORRUPT */
  get(runId: string): Run {
    const row = this.#db.prepare("SELECT * FROM runs WHERE run_id = ?").get(runId);
    if (row === undefined) throw notFound(runId);
    return toRun(row);
  }

  /** Newest first. `onBad` hears of the ones that can't be read; they are left out. */
  list(
    query: { verdict?: Verdict | undefined; before?: string | undefined; limit: number },
    onBad: (error: unknown) => void,
  ): Run[] {
    const rows = this.#db
      .prepare(
        `SELECT * FROM runs WHERE (?1 IS NULL OR verdict = ?1) AND (?2 IS NULL OR time < ?2)
         ORDER BY time DESC, rowid DESC LIMIT ?3`,
      )
      .all(query.verdict ?? null, query.before === undefined ? null : Date.parse(query.before), query.limit);
    return rows.flatMap((row) => {
      try {
        return [toRun(row)];
      } catch (error) {
        onBad(error);
        return [];
      }
    });
  }

  /** @throws ShelfmatchError RUN_NOT_FOUND; null where the run has no photo. */
  photo(runId: string): PhotoRef | null {
    const row = this.#db.prepare("SELECT photo_hash, photo_type FROM runs WHERE run_id = ?").get(runId);
    if (row === undefined) throw notFound(runId);
    if (row.photo_hash === null) return null;
    return { hash: String(row.photo_hash), mediaType: String(row.photo_type) };
  }

  /** Forgets the photos of runs before `photosBefore` and the runs before `runsBefore` (ms since the epoch). */
  prune(runsBefore: number, photosBefore: number): { runs: number; orphans: string[] } {
    const old = this.#db
      .prepare("SELECT DISTINCT photo_hash FROM runs WHERE photo_hash IS NOT NULL AND time < ?")
      .all(Math.max(runsBefore, photosBefore))
      .map((row) => String(row.photo_hash));
    this.#db.prepare("UPDATE runs SET photo_hash = NULL, photo_type = NULL WHERE time < ?").run(photosBefore);
    const { changes } = this.#db.prepare("DELETE FROM runs WHERE time < ?").run(runsBefore);
    this.#db.prepare("DELETE FROM run_hours WHERE hour + ? <= ?").run(HOUR, runsBefore);
    this.#db.prepare("UPDATE run_hours SET version = version + 1 WHERE hour < ?").run(runsBefore);
    const still = this.#db.prepare("SELECT 1 FROM runs WHERE photo_hash = ? LIMIT 1");
    return { runs: Number(changes), orphans: old.filter((hash) => still.get(hash) === undefined) };
  }
}
