import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../../lib/sqlite.ts";
import type { Catalog, PictureUpload } from "../port.ts";
import * as bin from "./bin.ts";
import { changesOf, findChange, pruneChanges } from "./changes.ts";
import type { PictureFiles } from "./picture-files.ts";
import * as takeover from "./takeover.ts";
import * as views from "./views.ts";

type Keeping = Pick<
  Catalog,
  | ("discard" | "bin" | "discardedBy" | "restore" | "purge" | "prune")
  | ("changes" | "change" | "views" | "putView" | "removeView")
  | ("keptEntries" | "takeOverBin" | "allChanges" | "takeOverChanges")
>;

interface KeepingParts {
  db: DatabaseSync;
  files: PictureFiles;
  read<T>(work: () => T): Promise<T>;
  /** One write at a time. */
  write<T>(work: () => Promise<T>): Promise<T>;
  /** Files first, then the rows that name them, inside a transaction. */
  writeWithPictures<T>(pictures: readonly PictureUpload[], rows: () => T): Promise<T>;
}

/** The part of the catalogue that nothing is lost by: bin, history, saved filters. */
export function createKeeping({ db, files, read, write, writeWithPictures }: KeepingParts): Keeping {
  return {
    discard: (skus, by) => write(async () => inTransaction(db, () => bin.discard(db, skus, by))),
    bin: (query) => read(() => bin.binPage(db, query)),
    discardedBy: (job) => read(() => bin.discardedBy(db, job)),
    restore: (ids, by) => write(async () => inTransaction(db, () => bin.restore(db, ids, by))),
    purge: (ids) =>
      write(async () => {
        const { purged, unused } = inTransaction(db, () => bin.purge(db, { ids }));
        await files.remove(unused);
        return purged;
      }),
    prune: (before) =>
      write(async () => {
        const { unused } = inTransaction(db, () => {
          pruneChanges(db, before.changes);
          return bin.purge(db, { before: before.bin });
        });
        await files.remove(unused);
      }),
    changes: (query) => read(() => changesOf(db, query)),
    change: (id) => read(() => findChange(db, id)),
    keptEntries: (after, limit) => read(() => takeover.keptEntries(db, after, limit)),
    takeOverBin: (entries, uploads) =>
      write(() => writeWithPictures(uploads, () => takeover.takeOverBin(db, entries, uploads))),
    allChanges: (after, limit) => read(() => takeover.allChanges(db, after, limit)),
    takeOverChanges: (changes) => write(async () => inTransaction(db, () => takeover.takeOverChanges(db, changes))),
    views: () => read(() => views.views(db)),
    putView: (view) => write(async () => views.putView(db, view)),
    removeView: (id) => write(async () => views.removeView(db, id)),
  };
}
