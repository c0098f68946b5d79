import { ShelfmatchError } from "../../../shared/errors.ts";
import { inTransaction } from "../../lib/sqlite.ts";
import type { Point, ProductPoints, VectorName } from "../port.ts";
import { openDatabase } from "./database.ts";
import { fromHalf, toHalf } from "./half.ts";
import { readPoints, type StoredPoint } from "./rows.ts";

export interface Owner {
  sku: string;
  pictureHash: string | null;
}

/** What a write did to the points of one name. */
export interface Change {
  added: StoredPoint[];
  removed: number[];
}
export interface Changes extends Record<VectorName, Change> {
  /** Whose the removed rows were: a search that began before still meets them. */
  left: Map<number, Owner>;
}

/** The points themselves, on SQLite: what is in here is indexed; the graphs are made from it and can be made again. */
export type PointStore = ReturnType<typeof openPointStore>;

const samePoint = (old: Record<string, unknown>, { vector, payload }: Point, half: Uint8Array) =>
  old.name === vector.name &&
  old.picture_hash === payload.pictureHash &&
  old.category === payload.category &&
  old.brand === payload.brand &&
  old.price === payload.price &&
  old.currency === payload.currency &&
  old.half instanceof Uint8Array &&
  Buffer.compare(old.half, half) === 0;

export function openPointStore(file: string, onNotice: (message: string) => void) {
  const { db, clean } = openDatabase(file, onNotice);
  const ofProduct = db.prepare("SELECT p.*, v.half FROM points p JOIN vectors v USING (row) WHERE sku = ?");
  const insert = db.prepare(
    `INSERT INTO points (sku, id, name, picture_hash, category, brand, price, currency) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertVector = db.prepare("INSERT INTO vectors VALUES (?, ?)");
  const remove = db.prepare("DELETE FROM points WHERE row = ?");
  const ownerOf = db.prepare("SELECT sku, picture_hash AS pictureHash FROM points WHERE row = ?");
  const addChanges = db.prepare("UPDATE graphs SET changes = changes + ? WHERE name = ?");
  const graphOf = db.prepare("SELECT folder, changes FROM graphs WHERE name = ?");

  let sound = true;
  const counts: Record<VectorName, number> = { image: 0, text: 0 };
  for (const { name, n } of db.prepare("SELECT name, count(*) AS n FROM points GROUP BY name").all()) {
    counts[name as VectorName] = Number(n);
  }

  function replaceOne({ sku, points }: ProductPoints, changes: Changes): void {
    const wanted = new Map(points.map((point) => [point.id, point]));
    const halves = new Map(points.map((point) => [point.id, toHalf(point.vector.values)]));
    for (const old of ofProduct.all(sku)) {
      const point = wanted.get(String(old.id));
      // A product is often written again as it was: after a crash, or for a change that touches no filter.
      if (point !== undefined && samePoint(old, point, halves.get(point.id) ?? new Uint8Array())) {
        wanted.delete(point.id);
        continue;
      }
      remove.run(old.row as number);
      changes[old.name as VectorName].removed.push(old.row as number);
      changes.left.set(old.row as number, { sku, pictureHash: old.picture_hash as string | null });
    }
    for (const { id, vector, payload } of wanted.values()) {
      const { pictureHash, category, brand, price, currency } = payload;
      const row = Number(
        insert.run(sku, id, vector.name, pictureHash, category, brand, price, currency).lastInsertRowid,
      );
      const half = halves.get(id) ?? new Uint8Array();
      insertVector.run(row, half);
      changes[vector.name].added.push({ row, half, category, brand, price, currency });
    }
  }

  /** Durable when it returns; all of the products, or none. A product without points is removed. */
  function replace(products: readonly ProductPoints[]): Changes {
    const changes: Changes = {
      image: { added: [], removed: [] },
      text: { added: [], removed: [] },
      left: new Map(),
    };
    inTransaction(db, () => {
      for (const product of products) replaceOne(product, changes);
      for (const name of ["image", "text"] as const) {
        const { added, removed } = changes[name];
        if (added.length + removed.length > 0) addChanges.run(added.length + removed.length, name);
      }
    });
    for (const name of ["image", "text"] as const) {
      counts[name] += changes[name].added.length - changes[name].removed.length;
    }
    return changes;
  }

  /** The schema's own shape: STRICT tables, checked when the file was opened. */
  const toPoint = (row: Record<string, unknown>) =>
    ({
      id: row.id,
      vector: { name: row.name, values: fromHalf(row.half as Uint8Array) },
      payload: {
        sku: row.sku,
        pictureHash: row.picture_hash,
        category: row.category,
        brand: row.brand,
        price: row.price,
        currency: row.currency,
      },
    }) as Point;

  return {
    read: (sku: string): ProductPoints => ({ sku, points: ofProduct.all(sku).map(toPoint) }),
    /** Whether the file was closed properly last time: where not, the graphs may lack what it has. */
    clean,
    file,
    replace,
    count: (name: VectorName) => counts[name],
    skus: () =>
      new Set(
        db
          .prepare("SELECT DISTINCT sku FROM points")
          .all()
          .map(({ sku }) => String(sku)),
      ),
    /** null where the point was removed meanwhile. */
    owner: (row: number) => (ownerOf.get(row) as unknown as Owner | undefined) ?? null,
    points: (name: VectorName, afterRow: number) => readPoints(db, name, afterRow),
    rows(name: VectorName): Set<number> {
      const rows = db.prepare("SELECT row FROM points INDEXED BY points_by_name WHERE name = ?").all(name);
      return new Set(rows.map(({ row }) => Number(row)));
    },
    /** The folder that holds the graph in use, and how many points were added and removed since it was built. */
    graph(name: VectorName): { folder: string | null; changes: number } {
      const found = graphOf.get(name);
      if (found === undefined) throw new ShelfmatchError("DATA_CORRUPT", `${file} knows no vectors named ${name}.`);
      return { folder: found.folder === null ? null : String(found.folder), changes: Number(found.changes) };
    },
    useGraph(name: VectorName, folder: string, changes: number): void {
      db.prepare("UPDATE graphs SET folder = ?, changes = ? WHERE name = ?").run(folder, changes, name);
    },
    /** Damage was met: the next opening checks the whole file. */
    distrust(): void {
      sound = false;
    },
    close(): void {
      if (sound) db.exec("UPDATE state SET clean = 1");
      db.close();
    },
  };
}
