import type { DatabaseSync } from "node:sqlite";
import { type SavedView, savedViewSchema } from "../../../shared/contract/views.ts";

/** Saved filters. */

export function views(db: DatabaseSync): SavedView[] {
  return db
    .prepare("SELECT id, name, search FROM views ORDER BY name, id")
    .all()
    .map((row) => savedViewSchema.parse(row));
}

export function putView(db: DatabaseSync, { id, name, search }: SavedView): void {
  db.prepare("INSERT OR REPLACE INTO views VALUES (?, ?, ?)").run(id, name, search);
}

export function removeView(db: DatabaseSync, id: string): void {
  db.prepare("DELETE FROM views WHERE id = ?").run(id);
}
