/**
 * Numbered steps of the database that holds what is said of pictures. Never change one that was released.
 *
 * `made`: descriptions by a model, one a picture and describer; can be made again. `corrected`: a person's. `drafts`: for
 * products of the catalogue, `rejected` where a person did not want it.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE made (
     picture TEXT NOT NULL,
     describer TEXT NOT NULL,
     words TEXT NOT NULL,
     used INTEGER NOT NULL,
     PRIMARY KEY (picture, describer)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX made_by_use ON made (used);
   CREATE TABLE corrected (
     picture TEXT PRIMARY KEY,
     words TEXT NOT NULL,
     time INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE drafts (
     sku TEXT PRIMARY KEY,
     picture TEXT NOT NULL,
     describer TEXT NOT NULL,
     words TEXT NOT NULL,
     description TEXT NOT NULL,
     time INTEGER NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('waiting', 'rejected'))
   ) STRICT;
   CREATE INDEX drafts_waiting ON drafts (time, sku) WHERE state = 'waiting';`,
];
