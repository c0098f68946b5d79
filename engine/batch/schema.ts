/** Batches in their database. Never change a migration that was released. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE batches (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     kind TEXT NOT NULL CHECK (kind IN ('upload', 'folder')),
     folder TEXT,
     watch INTEGER NOT NULL DEFAULT 0,
     -- Whether the folder was read to its end once.
     listed INTEGER NOT NULL DEFAULT 0,
     status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'cancelled', 'failed')),
     time INTEGER NOT NULL,
     finished INTEGER,
     swept INTEGER NOT NULL DEFAULT 0,
     removed INTEGER,
     problem TEXT
   ) STRICT;
   CREATE TABLE items (
     batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
     item INTEGER NOT NULL,
     file TEXT NOT NULL,
     -- Of a file read in place: tells it from one that took its name later.
     version TEXT NOT NULL,
     -- Of an uploaded file: its name below the batch's own folder.
     stored TEXT,
     state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'skipped')),
     run_id TEXT,
     hash TEXT,
     verdict TEXT,
     confidence REAL,
     sku TEXT,
     name TEXT,
     price TEXT,
     currency TEXT,
     picture TEXT,
     error TEXT,
     same_as INTEGER,
     answer TEXT,
     decided TEXT,
     decided_at INTEGER,
     PRIMARY KEY (batch, item),
     UNIQUE (batch, file, version)
   ) STRICT;
   CREATE INDEX items_by_state ON items (batch, state, verdict, answer);
   CREATE INDEX items_by_confidence ON items (batch, confidence);
   CREATE INDEX items_by_sku ON items (batch, sku);
   CREATE INDEX items_by_hash ON items (batch, hash);
   -- Apart, so that a list of items does not read it.
   CREATE TABLE results (
     batch TEXT NOT NULL,
     item INTEGER NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (batch, item),
     FOREIGN KEY (batch, item) REFERENCES items (batch, item) ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;`,
];
