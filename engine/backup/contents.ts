import type { Config } from "../../shared/config.ts";
import type { BackupContents } from "../../shared/contract/data.ts";
import { partsOf } from "../config/parts.ts";
import { keptImportSchema } from "../import/store.ts";
import { inDatabase } from "./databases.ts";

/** What a backup says of itself. */

/** Tables whose rows are worth knowing, by the database that has them. */
const COUNTED: readonly { pattern: RegExp; table: string; as: keyof BackupContents["counts"] }[] = [
  { pattern: /^catalog\/catalog\.sqlite$/, table: "products", as: "products" },
  { pattern: /^catalog\/catalog\.sqlite$/, table: "pictures", as: "pictures" },
  { pattern: /^index\/.*points\.sqlite$/, table: "points", as: "vectors" },
  { pattern: /^journal\/journal\.sqlite$/, table: "runs", as: "runs" },
  { pattern: /^journal\/journal\.sqlite$/, table: "lines", as: "lines" },
];

/** @param databases path in the data folder to where its copy lies */
export function countsOf(databases: ReadonlyMap<string, string>): BackupContents["counts"] {
  const counts = { products: 0, pictures: 0, vectors: 0, runs: 0, lines: 0 };
  for (const [path, file] of databases) {
    for (const { table, as } of COUNTED.filter(({ pattern }) => pattern.test(path))) {
      counts[as] += inDatabase(file, (db) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n));
    }
  }
  return counts;
}

/** Paused imports of uploaded files, whose files are in no backup. @param copy of `imports.sqlite`, where there is one */
export function pausedUploads(copy: string | undefined): string[] {
  if (copy === undefined) return [];
  return inDatabase(copy, (db) => db.prepare("SELECT state FROM imports").all()).flatMap(({ state }) => {
    const kept = keptImportSchema.safeParse(JSON.parse(String(state)));
    if (!kept.success || kept.data.source.kind !== "upload") return [];
    return ["paused", "running"].includes(kept.data.progress.state) ? [kept.data.source.name] : [];
  });
}

/** What the services of the stack hold, and what backs it up there. */
export function elsewhereOf({ parts, mongo, qdrant, chroma }: Config): string[] {
  const { catalog, journal, index } = partsOf(parts);
  const said: string[] = [];
  const inMongo = [catalog === "mongo" ? "Products and pictures" : null, journal === "mongo" ? "the journal" : null];
  const what = inMongo.filter((one) => one !== null).join(" and ");
  if (what !== "") {
    const begins = what.charAt(0).toUpperCase() + what.slice(1);
    said.push(
      `${begins} are in MongoDB, database ${mongo.database}: back it up with mongodump. Of the journal only what is on its way there is in the data folder.`,
    );
  }
  if (index === "qdrant") {
    said.push(
      `The vectors are in Qdrant, in the collections ${qdrant.prefix}-*: its snapshots back them up; without them they are made anew from the catalogue.`,
    );
  }
  if (index === "chroma") {
    said.push(
      `The vectors are in Chroma, database ${chroma.database}: without a copy of its own they are made anew from the catalogue.`,
    );
  }
  return said;
}
