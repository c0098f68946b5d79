import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type ProblemState, problemStateSchema } from "../../../shared/contract/journal.ts";
import type { ProblemMark } from "../port.ts";

const markSchema = z.object({
  fingerprint: z.string(),
  state: problemStateSchema,
  note: z.string().nullable(),
  time: z.number(),
});

/** What people have said of problems. */
export class Marks {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  all(): ProblemMark[] {
    return this.#db
      .prepare("SELECT fingerprint, state, note, time FROM marks ORDER BY fingerprint")
      .all()
      .flatMap((row) => {
        // A state that this version does not know is no mark to it.
        const mark = markSchema.safeParse({ ...row });
        return mark.success ? [mark.data] : [];
      });
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
