/** The journal's database, as numbered steps. Never change one that was released. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE lines (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     time INTEGER NOT NULL,
     level INTEGER NOT NULL,
     component TEXT NOT NULL,
     run_id TEXT,
     message TEXT NOT NULL,
     data TEXT
   ) STRICT;
   CREATE INDEX lines_by_time ON lines (time);
   CREATE INDEX lines_by_run ON lines (run_id) WHERE run_id IS NOT NULL;
   CREATE INDEX lines_by_component ON lines (component, id);
   CREATE INDEX lines_by_level ON lines (level, id) WHERE level >= 2;
   CREATE TABLE runs (
     run_id TEXT PRIMARY KEY,
     time INTEGER NOT NULL,
     verdict TEXT,
     body TEXT NOT NULL,
     feedback TEXT,
     photo_hash TEXT,
     photo_type TEXT
   ) STRICT;
   CREATE INDEX runs_by_time ON runs (time);
   CREATE INDEX runs_by_verdict ON runs (verdict, time);
   CREATE INDEX runs_by_photo ON runs (photo_hash) WHERE photo_hash IS NOT NULL;`,
  // Nothing here reads the lines: a journal of a million opens as quickly as before. What they are searched and counted
  // by is in a file of its own.
  `CREATE TABLE identity (id TEXT NOT NULL) STRICT;
   INSERT INTO identity VALUES (lower(hex(randomblob(16))));
   CREATE TABLE marks (
     fingerprint TEXT PRIMARY KEY,
     state TEXT NOT NULL,
     time INTEGER NOT NULL,
     note TEXT
   ) STRICT;
   CREATE TABLE run_hours (hour INTEGER PRIMARY KEY, version INTEGER NOT NULL) STRICT;
   INSERT INTO run_hours SELECT DISTINCT time / 3600000 * 3600000, 1 FROM runs;`,
];

/**
 * What lines are searched and counted by, made from `journal.sqlite` and at any time made anew: beside it, so that
 * writing a line costs what it did, and an older data folder needs no migration. Never change a step that was released.
 */
export const INDEX_MIGRATIONS: readonly string[] = [
  `CREATE TABLE state (journal TEXT NOT NULL, through INTEGER NOT NULL, time INTEGER NOT NULL) STRICT;
   CREATE TABLE components (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE problems (
     id INTEGER PRIMARY KEY,
     fingerprint TEXT NOT NULL UNIQUE,
     level INTEGER NOT NULL,
     component TEXT NOT NULL,
     code TEXT,
     title TEXT NOT NULL
   ) STRICT;
   CREATE TABLE entries (
     id INTEGER PRIMARY KEY,
     time INTEGER NOT NULL,
     level INTEGER NOT NULL,
     component INTEGER NOT NULL,
     problem INTEGER
   ) STRICT;
   CREATE INDEX entries_by_problem ON entries (problem, id, time) WHERE problem IS NOT NULL;
   CREATE TABLE minutes (
     time INTEGER NOT NULL, level INTEGER NOT NULL, component INTEGER NOT NULL,
     count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
     PRIMARY KEY (time, level, component)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE hours (
     time INTEGER NOT NULL, level INTEGER NOT NULL, component INTEGER NOT NULL,
     count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
     PRIMARY KEY (time, level, component)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE blocks (block INTEGER PRIMARY KEY, signature BLOB NOT NULL) STRICT;
   CREATE TABLE run_sums (hour INTEGER PRIMARY KEY, version INTEGER NOT NULL, sum TEXT NOT NULL) STRICT;`,
];
