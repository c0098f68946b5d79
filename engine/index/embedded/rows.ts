import type { DatabaseSync } from "node:sqlite";
import type { VectorName } from "../port.ts";

/** A point as the graph takes it: what is searched by and what filters look at. */
export interface StoredPoint {
  row: number;
  /** Half precision, see half.ts. */
  half: Uint8Array;
  category: string;
  brand: string;
  price: number | null;
  currency: string | null;
}

/** The points of one vector name beyond a row, by row; read as they are asked for. Also runs in the building process. */
export function readPoints(db: DatabaseSync, name: VectorName, afterRow: number): Iterable<StoredPoint> {
  const rows = db
    .prepare(
      `SELECT p.row, p.category, p.brand, p.price, p.currency, v.half
       FROM points p INDEXED BY points_by_name JOIN vectors v ON v.row = p.row
       WHERE p.name = ? AND p.row > ? ORDER BY p.row`,
    )
    .iterate(name, afterRow);
  // The shape is the schema's: STRICT tables of our own, checked when the file was opened.
  return rows as unknown as Iterable<StoredPoint>;
}
