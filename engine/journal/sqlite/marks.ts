import type { DatabaseSync } from "node:sqlite";
import type { ProblemState } from "../../../shared/contract/journal.ts";

/** What people have said of problems. */
export class Marks {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** @param time milliseconds since the epoch: a problem seen later has come back */
  write(fingerprint: string, state: ProblemState | null, note: string | null, time: number): void {
    if (state === null) {
      this.#db.prepare("DELETE FROM marks WHERE fingerprint = ?").run(fingerprint);
      return;
    }
    this.#db
      .prepare("INSERT OR REPLACE INTO marks (fingerprint, state, time, note) VALUES (?, ?, ?, ?)")
      .run(fingerprint, state, time, note);
  }
}
