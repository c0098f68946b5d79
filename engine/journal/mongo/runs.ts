import type { Db, Document } from "mongodb";
import { type Run, runSchema } from "../../../shared/contract/journal.ts";
import type { Verdict } from "../../../shared/contract/match.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { QueryPhoto } from "../port.ts";
import { hoursOf, touchHours } from "./hours.ts";
import type { Feedback } from "./outbox.ts";
import { keptPhotos, removePhotos, writePhoto } from "./photos.ts";
import { refusals } from "./refusals.ts";
import { RUN_HOURS, RUNS } from "./shape.ts";

/** Matching runs in the database. */

const runsOf = (db: Db) => db.collection<Document & { _id: string }>(RUNS);

export function runNotFound(runId: string): ShelfmatchError {
  const message = `There is no run ${runId} in the journal. It may be older than the retention settings keep.`;
  return new ShelfmatchError("RUN_NOT_FOUND", message, { details: { runId } });
}

/**
 * Adds the runs, or writes over those of the same id (a later stage); what was said of one before stays. Photos first: a
 * run never names one that is not there yet.
 * @returns how many the database's rules refuse: they will never go in
 */
export async function writeRuns(db: Db, runs: readonly { run: Run; photo: QueryPhoto | null }[]): Promise<number> {
  for (const { run, photo } of runs) if (photo !== null) await writePhoto(db, photo, new Date(run.time));
  const writes = runs.map(({ run, photo }) => {
    const { feedback, photo: _named, ...body } = run;
    const later = { ...(feedback === null ? {} : { feedback }), ...(photo === null ? {} : { photo: photo.hash }) };
    const first = { ...(feedback === null ? { feedback } : {}), ...(photo === null ? { photo } : {}) };
    return {
      updateOne: {
        filter: { _id: run.runId },
        update: {
          $set: { time: new Date(run.time), verdict: run.verdict, run: body, ...later },
          ...(Object.keys(first).length === 0 ? {} : { $setOnInsert: first }),
        },
        upsert: true,
      },
    };
  });
  // Two engines may add a run at once only where they share its id: the server then repeats one of them by itself.
  const refused = await refusals(() => runsOf(db).bulkWrite(writes, { ordered: false }));
  await touchHours(db, RUN_HOURS, hoursOf(runs.map(({ run }) => Date.parse(run.time))));
  return refused.size;
}

/** @returns whether there is such a run */
export async function writeFeedback(db: Db, { runId, feedback }: Feedback): Promise<boolean> {
  const { matchedCount } = await runsOf(db).updateOne({ _id: runId }, { $set: { feedback } });
  return matchedCount > 0;
}

/** @throws ShelfmatchError RUN_NOT_FOUND, DATA_CORRUPT */
export async function readRun(db: Db, runId: string): Promise<Run> {
  const found = await runsOf(db).findOne({ _id: runId });
  if (found === null) throw runNotFound(runId);
  return toRun(found, await keptPhotos(db, hashesOf([found])));
}

/** Newest first. `onBad` hears of the ones that can't be read; they are left out. */
export async function listRuns(
  db: Db,
  query: { verdict?: Verdict | undefined; before?: string | undefined; limit: number },
  onBad: (error: unknown) => void,
): Promise<Run[]> {
  const filter = {
    ...(query.verdict === undefined ? {} : { verdict: query.verdict }),
    ...(query.before === undefined ? {} : { time: { $lt: new Date(query.before) } }),
  };
  const found = await runsOf(db).find(filter).sort({ time: -1, _id: -1 }).limit(query.limit).toArray();
  const kept = await keptPhotos(db, hashesOf(found));
  return found.flatMap((document) => {
    try {
      return [toRun(document, kept)];
    } catch (error) {
      onBad(error);
      return [];
    }
  });
}

/** Hash of the run's photo, null where it has none. @throws ShelfmatchError RUN_NOT_FOUND */
export async function photoHash(db: Db, runId: string): Promise<string | null> {
  const found = await runsOf(db).findOne({ _id: runId }, { projection: { photo: 1 } });
  if (found === null) throw runNotFound(runId);
  return typeof found.photo === "string" ? found.photo : null;
}

/** Forgets the photos of runs before `photosBefore` and the runs before `runsBefore`. */
export async function pruneRuns(db: Db, runsBefore: Date, photosBefore: Date) {
  const runs = runsOf(db);
  const latest = runsBefore > photosBefore ? runsBefore : photosBefore;
  const old = (await runs.distinct("photo", { photo: { $gt: "" }, time: { $lt: latest } })).map(String);
  await runs.updateMany({ photo: { $gt: "" }, time: { $lt: photosBefore } }, { $set: { photo: null } });
  const { deletedCount } = await runs.deleteMany({ time: { $lt: runsBefore } });
  const still = new Set((await runs.distinct("photo", { photo: { $in: old } })).map(String));
  const orphans = old.filter((hash) => !still.has(hash));
  await removePhotos(db, orphans, latest);
  return { runs: deletedCount, photos: orphans.length };
}

const hashesOf = (documents: readonly Document[]) =>
  documents.flatMap(({ photo }) => (typeof photo === "string" ? [photo] : []));

/** @param kept photos that are there: the server removes them by themselves when their time is over */
function toRun(document: Document & { _id: string }, kept: ReadonlySet<string>): Run {
  const photo = typeof document.photo === "string" && kept.has(document.photo) ? document.photo : null;
  const parsed = runSchema.safeParse({ ...document.run, feedback: document.feedback, photo });
  if (parsed.success) return parsed.data;
  const message = `Run ${document._id} in the journal can't be read: what is stored is not a run of this version.`;
  throw new ShelfmatchError("DATA_CORRUPT", `${message} The other runs are not touched.`, { cause: parsed.error });
}
