import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { levelSchema, type Run, runSchema } from "../../../shared/contract/journal.ts";
import { inTransaction } from "../../lib/sqlite.ts";
import { dataText } from "../line.ts";
import { openDatabase } from "../open-database.ts";
import type { LogLine, QueryPhoto } from "../port.ts";

/**
 * What is on its way to MongoDB, in a file of the data folder: everything passes through it, in order, and leaves it when
 * it has arrived. So nothing waits for the server, and nothing is lost where it is away or the engine stops.
 */

/** One line of the log as it is sent. */
const lineSchema = z.object({
  time: z.number(),
  level: levelSchema,
  component: z.string(),
  runId: z.string().nullable(),
  message: z.string(),
  data: z.string().nullable(),
});
const feedbackSchema = z.object({ runId: z.string(), feedback: runSchema.shape.feedback });

export type SentLine = z.infer<typeof lineSchema>;
export type Feedback = z.infer<typeof feedbackSchema>;
export type OutboxEntry =
  | { seq: number; kind: "line"; line: SentLine }
  | { seq: number; kind: "run"; run: Run; photo: QueryPhoto | null }
  | { seq: number; kind: "feedback"; feedback: Feedback };

export interface OutboxBounds {
  entries: number;
  bytes: number;
}

/** What had to go because the file reached its bounds. */
export interface Dropped {
  lines: number;
  runs: number;
}

/** A week of a busy shop's runs with thumbnails; far below what a disk notices. */
export const OUTBOX_BOUNDS: OutboxBounds = { entries: 200_000, bytes: 512 * 1024 * 1024 };
/** Longest message and data of a line, in characters: a server's document has its limit, a reader has too. */
const LONGEST = { message: 32_768, data: 262_144 };

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE entries (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     kind TEXT NOT NULL,
     run_id TEXT,
     body TEXT NOT NULL,
     photo BLOB,
     photo_hash TEXT,
     photo_type TEXT,
     bytes INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX entries_by_run ON entries (run_id) WHERE run_id IS NOT NULL;
   CREATE TABLE outbox (origin TEXT NOT NULL, dropped_lines INTEGER NOT NULL, dropped_runs INTEGER NOT NULL) STRICT;`,
];

export class Outbox {
  /** Names this file: with an entry's number it names the entry, in any database. */
  readonly origin: string;
  readonly #db: DatabaseSync;
  readonly #bounds: OutboxBounds;
  readonly #insert;
  #entries: number;
  #bytes: number;
  /** Entries up to this number are being sent, and stay. */
  #sendingThrough = 0;

  constructor(file: string, bounds: OutboxBounds, onNotice: (message: string) => void) {
    this.#bounds = bounds;
    this.#db = openDatabase(file, { what: "The journal's outbox", migrations: MIGRATIONS, onNotice });
    if (this.#db.prepare("SELECT 1 FROM outbox").get() === undefined) {
      this.#db.prepare("INSERT INTO outbox VALUES (?, 0, 0)").run(randomUUID());
    }
    this.origin = String(this.#db.prepare("SELECT origin FROM outbox").get()?.origin);
    const held = this.#db.prepare("SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes FROM entries").get();
    this.#entries = Number(held?.entries);
    this.#bytes = Number(held?.bytes);
    this.#insert = this.#db.prepare(
      "INSERT INTO entries (kind, run_id, body, photo, photo_hash, photo_type, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
  }

  get held(): OutboxBounds {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  addLines(lines: readonly LogLine[]): void {
    inTransaction(this.#db, () => {
      for (const line of lines) this.#add("line", null, JSON.stringify(toSent(line)), null);
    });
    this.#keepBounds();
  }

  addRun(run: Run, photo: QueryPhoto | null): void {
    inTransaction(this.#db, () => this.#add("run", run.runId, JSON.stringify(run), photo));
    this.#keepBounds();
  }

  addFeedback(feedback: Feedback): void {
    inTransaction(this.#db, () => this.#add("feedback", null, JSON.stringify(feedback), null));
  }

  hasRun(runId: string): boolean {
    return this.#db.prepare("SELECT 1 FROM entries WHERE run_id = ?").get(runId) !== undefined;
  }

  /** The oldest entries, at least one where there is any, for sending; they stay until `arrived`. */
  take(most: OutboxBounds): OutboxEntry[] {
    const entries: OutboxEntry[] = [];
    let bytes = 0;
    const rows = this.#db.prepare("SELECT * FROM entries ORDER BY seq LIMIT ?").iterate(most.entries);
    for (const row of rows) {
      bytes += Number(row.bytes);
      if (entries.length > 0 && bytes > most.bytes) break;
      entries.push(toEntry(row));
    }
    this.#sendingThrough = entries.at(-1)?.seq ?? 0;
    return entries;
  }

  /** Forgets what was taken. */
  arrived(): void {
    inTransaction(this.#db, () => this.#remove("SELECT seq FROM entries WHERE seq <= ?", this.#sendingThrough));
    this.#sendingThrough = 0;
  }

  /** What had to go since this was asked last. */
  takeDropped(): Dropped {
    const row = this.#db.prepare("SELECT dropped_lines, dropped_runs FROM outbox").get();
    const dropped = { lines: Number(row?.dropped_lines), runs: Number(row?.dropped_runs) };
    if (dropped.lines + dropped.runs > 0) this.#db.exec("UPDATE outbox SET dropped_lines = 0, dropped_runs = 0");
    return dropped;
  }

  close(): void {
    this.#db.close();
  }

  #add(kind: OutboxEntry["kind"], runId: string | null, body: string, photo: QueryPhoto | null): void {
    const bytes = body.length + (photo?.bytes.byteLength ?? 0);
    this.#insert.run(kind, runId, body, photo?.bytes ?? null, photo?.hash ?? null, photo?.mediaType ?? null, bytes);
    this.#entries += 1;
    this.#bytes += bytes;
  }

  /** The oldest go first: of a long outage, its end is worth more than its beginning. */
  #keepBounds(): void {
    while (this.#entries > this.#bounds.entries || this.#bytes > this.#bounds.bytes) {
      const excess = Math.max(1, this.#entries - this.#bounds.entries);
      const before = this.#entries;
      inTransaction(this.#db, () =>
        this.#remove(`SELECT seq FROM entries WHERE seq > ? ORDER BY seq LIMIT ${excess}`, this.#sendingThrough, true),
      );
      if (this.#entries === before) return;
    }
  }

  #remove(select: string, seq: number, count = false): void {
    const gone = this.#db.prepare(`DELETE FROM entries WHERE seq IN (${select}) RETURNING kind, bytes`).all(seq);
    for (const { bytes } of gone) this.#bytes -= Number(bytes);
    this.#entries -= gone.length;
    if (!count) return;
    const runs = gone.filter(({ kind }) => kind === "run").length;
    this.#db
      .prepare("UPDATE outbox SET dropped_lines = dropped_lines + ?, dropped_runs = dropped_runs + ?")
      .run(gone.filter(({ kind }) => kind === "line").length, runs);
  }
}

function toSent(line: LogLine): SentLine {
  const text = dataText(line.data);
  const tooLong = text !== null && text.length > LONGEST.data;
  return {
    ...line,
    message: line.message.slice(0, LONGEST.message),
    data: tooLong ? JSON.stringify({ dataLost: `${text.length} characters of data were left out.` }) : text,
  };
}

function toEntry(row: Record<string, unknown>): OutboxEntry {
  const seq = Number(row.seq);
  const body: unknown = JSON.parse(String(row.body));
  if (row.kind === "line") return { seq, kind: "line", line: lineSchema.parse(body) };
  if (row.kind === "feedback") return { seq, kind: "feedback", feedback: feedbackSchema.parse(body) };
  const photo =
    row.photo instanceof Uint8Array
      ? { hash: String(row.photo_hash), mediaType: String(row.photo_type), bytes: row.photo }
      : null;
  return { seq, kind: "run", run: runSchema.parse(body), photo };
}
