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
];
