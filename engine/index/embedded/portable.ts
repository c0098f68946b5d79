import { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../../lib/sqlite.ts";

/**
 * Makes a copied database of points one that can stand without the folders of its search graphs: they are built from it
 * when it is opened. They take several times the space of the points.
 */
export function forgetGraphs(file: string): void {
  const db = new DatabaseSync(file);
  try {
    inTransaction(db, () => db.exec("UPDATE graphs SET folder = NULL, changes = 0; UPDATE state SET clean = 1"));
  } finally {
    db.close();
  }
}
