import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Int32, Long, MongoClient } from "mongodb";
import { dataText, levelRank } from "../../engine/journal/line.ts";
import { MIGRATIONS } from "../../engine/journal/sqlite/schema.ts";
import { benchLines, benchRuns } from "./journal-lines.ts";

/** Journals as the version before the index left them, filled past the journal itself. */

const BATCH = 10_000;

export async function fillSqlite(folder: string, lines: number, runs: number): Promise<void> {
  const db = new DatabaseSync(join(folder, "journal.sqlite"));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; ${MIGRATIONS[0]}; PRAGMA user_version = 1; BEGIN`);
  const line = db.prepare(
    "INSERT INTO lines (time, level, component, run_id, message, data) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const { time, level, component, runId, message, data } of benchLines(lines)) {
    line.run(time, levelRank(level), component, runId, message, dataText(data));
  }
  const run = db.prepare("INSERT INTO runs (run_id, time, verdict, body) VALUES (?, ?, ?, ?)");
  for (const { feedback: _, photo: _photo, ...body } of benchRuns(runs)) {
    run.run(body.runId, Date.parse(body.time), body.verdict, JSON.stringify(body));
  }
  db.exec("COMMIT");
  db.close();
}

export async function fillMongo(url: string, database: string, lines: number, runs: number): Promise<void> {
  const client = await new MongoClient(url).connect();
  const db = client.db(database);
  let id = 0;
  const log = db.collection<{ _id: Long }>("log");
  for (const batch of batches(benchLines(lines))) {
    const documents = batch.map(({ time, level, data, ...line }) => {
      id += 1;
      const rest = {
        level: new Int32(levelRank(level)),
        data: dataText(data),
        origin: "bench",
        seq: Long.fromNumber(id),
      };
      return { _id: Long.fromNumber(id), time: new Date(time), ...line, ...rest };
    });
    await log.insertMany(documents, { ordered: false });
  }
  // The indexes that the older version had; the newer one's are what is measured.
  await log.createIndexes([
    { name: "origin", key: { origin: 1, seq: 1 }, unique: true },
    { name: "run", key: { runId: 1, _id: -1 }, partialFilterExpression: { runId: { $gt: "" } } },
    { name: "time_expires", key: { time: 1 }, expireAfterSeconds: 90 * 86_400 },
  ]);
  await db.collection<{ _id: string; last: number }>("state").insertOne({ _id: "lines", last: lines });
  const kept = db.collection<{ _id: string }>("runs");
  for (const batch of batches(benchRuns(runs))) {
    const documents = batch.map(({ feedback, photo, ...run }) => {
      return { _id: run.runId, time: new Date(run.time), verdict: run.verdict, run, feedback, photo };
    });
    await kept.insertMany(documents, { ordered: false });
  }
  await client.close();
}

function* batches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
