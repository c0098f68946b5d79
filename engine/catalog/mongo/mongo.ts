import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { ensureShape } from "../../lib/mongo/shape.ts";
import { shareMongo } from "../../lib/mongo/shared.ts";
import { barcodeKey } from "../barcode.ts";
import { checkUnchanged } from "../changes.ts";
import type { Catalog, CatalogHealth } from "../port.ts";
import { createBin } from "./bin.ts";
import { createHistory, pruneChanges } from "./changes.ts";
import { createDecisions } from "./decisions.ts";
import { parseProduct, toDraft, toProduct, toRef, WITHOUT_WORDS } from "./documents.ts";
import { createIndexState } from "./index-state.ts";
import { createPictureStore, pictureNotFound } from "./pictures.ts";
import { isUpload } from "./plan.ts";
import { listProducts, listSkus, readInOrder, readOutlines } from "./query.ts";
import { CATALOG_SHAPE } from "./shape.ts";
import { createTakeover } from "./takeover.ts";
import { createViews } from "./views.ts";
import { createLane, createWriter, needProduct, productNotFound, productsOf, withPictures } from "./writes.ts";

interface MongoCatalogOptions {
  /** With the same settings, catalogue and journal share one client. */
  settings: Config["mongo"];
  /** What the user should know of the opening: why the server can't be used yet. */
  onNotice?: (message: string) => void;
  /** Age in milliseconds from which a picture's file that nothing names is taken for a crash's. */
  graceMs?: number;
}

/** Any write names its files within its deadline; an hour leaves room for clocks that differ. */
const GRACE_MS = 3_600_000;
const SWEEP_EVERY_MS = 6 * 3_600_000;

export interface MongoCatalog extends Catalog {
  /** Removes picture files that a crash left; done by itself at the start and every six hours. @returns how many */
  sweep(): Promise<number>;
}

/**
 * The catalogue in MongoDB. Several engines may share one database. Resolves also where the server can't be reached:
 * calls then fail with SERVICE_* errors until it can, and the set-up is made up for by the first call that goes through.
 */
export async function openMongoCatalog(options: MongoCatalogOptions): Promise<MongoCatalog> {
  const { settings, onNotice, graceMs = GRACE_MS } = options;
  const mongo = shareMongo(settings);
  const store = createPictureStore(mongo);
  const lane = createLane();
  const writer = createWriter(mongo, store, lane);
  const { prune: pruneBin, ...bin } = createBin(mongo, store, lane);
  const history = createHistory(mongo);
  const views = createViews(mongo);
  const takeover = createTakeover(mongo, writer);
  const indexState = createIndexState(mongo);
  const decided = createDecisions(mongo);
  let preparing: Promise<void> | null = null;
  let sweeping: Promise<unknown> = Promise.resolve();
  let closed = false;

  function sweepInBackground(): void {
    sweeping = sweep().catch((error: unknown) => {
      onNotice?.(`Picture files that a crash may have left were not looked for: ${String(error)}`);
    });
  }
  const sweepTimer = setInterval(() => ready().then(sweepInBackground, () => undefined), SWEEP_EVERY_MS);
  sweepTimer.unref();

  async function sweep(): Promise<number> {
    const hello = await mongo.call("tell its time", (db) => db.command({ hello: 1 }));
    return store.sweep(Number(hello.localTime) - graceMs);
  }

  /** The set-up, once, as soon as the server lets it be done. */
  function ready(): Promise<void> {
    if (preparing === null) {
      const attempt = mongo.call("prepare the catalogue's collections", (db) =>
        ensureShape(db, CATALOG_SHAPE, mongo.address),
      );
      preparing = attempt;
      attempt.then(
        () => {
          if (!closed) sweepInBackground();
        },
        () => {
          if (preparing === attempt) preparing = null;
        },
      );
    }
    return preparing;
  }
  async function prepared<T>(work: () => Promise<T>): Promise<T> {
    await ready();
    return work();
  }

  ready().catch((error: unknown) => onNotice?.(error instanceof Error ? error.message : String(error)));

  return {
    list: (query) =>
      prepared(() => mongo.call("list products", (db) => listProducts(productsOf(db), query), { retries: 1 })),
    skus: (query, window) =>
      prepared(() => mongo.call("list its SKUs", (db) => listSkus(productsOf(db), query, window), { retries: 1 })),
    get: (sku) =>
      prepared(() =>
        mongo.call(
          "read a product",
          async (db) => {
            const found = await productsOf(db).findOne({ _id: sku }, { projection: WITHOUT_WORDS });
            if (found === null) throw productNotFound(sku);
            return toProduct(parseProduct(found));
          },
          { retries: 1 },
        ),
      ),
    getMany: (skus) =>
      prepared(() =>
        mongo.call("read products", async (db) => (await readInOrder(productsOf(db), skus)).map(toProduct), {
          retries: 1,
        }),
      ),
    findByBarcode: (barcode) =>
      prepared(() =>
        mongo.call(
          "look a barcode up",
          async (db) => {
            const key = { barcodeKey: barcodeKey(barcode) };
            const found = await productsOf(db).findOne(key, { projection: WITHOUT_WORDS });
            return found === null ? null : toProduct(parseProduct(found));
          },
          { retries: 1 },
        ),
      ),
    allSkus: () =>
      prepared(() =>
        mongo.call(
          "list its SKUs",
          async (db) => {
            const found = await productsOf(db)
              .find({}, { projection: { _id: 1 } })
              .sort({ _id: 1 })
              .toArray();
            return found.map(({ _id }) => _id);
          },
          { retries: 1 },
        ),
      ),

    outlines: (after, limit) =>
      prepared(() => mongo.call("read outlines", (db) => readOutlines(productsOf(db), after, limit), { retries: 1 })),

    create: (draft, pictures) =>
      prepared(async () => {
        const { product } = await writer.changeOne(draft.sku, pictures, (present) => {
          if (present === null) return { draft, pictures, otherPictures: "remove" };
          throw new ShelfmatchError(
            "PRODUCT_EXISTS",
            `There is a product with the SKU "${draft.sku}" already. Change that one, or choose another SKU.`,
            { details: { sku: draft.sku } },
          );
        });
        return product;
      }),
    update: (sku, changes, { by, expected } = {}) =>
      prepared(async () => {
        const { product } = await writer.changeOne(sku, [], (present) => {
          const before = needProduct(sku, present);
          checkUnchanged(toProduct(before), expected);
          const draft = { ...toDraft(before), ...changes, sku };
          return { draft, pictures: [], otherPictures: "keep", ...(by === undefined ? {} : { by }) };
        });
        return product;
      }),
    upsert: (entries) => prepared(() => writer.upsert(entries)),
    delete: (sku) => prepared(() => writer.delete(sku)),
    addPicture: (sku, picture, by) =>
      prepared(async () => {
        const { product } = await writer.changeOne(sku, [picture], (present) => {
          const before = needProduct(sku, present);
          return withPictures(before, [...before.pictures, picture], by);
        });
        return product;
      }),
    setPictures: (sku, pictures, { by, expected } = {}) =>
      prepared(async () => {
        const { product } = await writer.changeOne(sku, pictures.filter(isUpload), (present) => {
          const before = needProduct(sku, present);
          checkUnchanged(toProduct(before), expected);
          return { ...withPictures(before, pictures, by), keepGone: true };
        });
        return product;
      }),
    removePicture: (sku, hash) =>
      prepared(async () => {
        const { product } = await writer.changeOne(sku, [], (present) => {
          const before = needProduct(sku, present);
          const kept = before.pictures.filter((picture) => picture.hash !== hash);
          if (kept.length < before.pictures.length) return withPictures(before, kept);
          throw pictureNotFound(hash, `Product "${sku}" has no picture ${hash}.`);
        });
        return product;
      }),
    picture: (hash, size) => prepared(() => store.read(hash, size)),
    async pictureRef(hash) {
      const stored = await prepared(() => store.ref(hash));
      return stored === null ? null : toRef(stored);
    },

    discard: (skus, by) => prepared(() => bin.discard(skus, by)),
    bin: (query) => prepared(() => bin.bin(query)),
    discardedBy: (job) => prepared(() => bin.discardedBy(job)),
    restore: (ids, by) => prepared(() => bin.restore(ids, by)),
    purge: (ids) => prepared(() => bin.purge(ids)),
    prune: (before) =>
      prepared(async () => {
        await pruneChanges(mongo, before.changes);
        await pruneBin(before.bin);
      }),
    changes: (query) => prepared(() => history.changes(query)),
    change: (id) => prepared(() => history.change(id)),
    keptEntries: (after, limit) => prepared(() => takeover.keptEntries(after, limit)),
    takeOverBin: (entries, uploads) => prepared(() => takeover.takeOverBin(entries, uploads)),
    allChanges: (after, limit) => prepared(() => takeover.allChanges(after, limit)),
    takeOverChanges: (changes) => prepared(() => takeover.takeOverChanges(changes)),
    views: () => prepared(() => views.views()),
    putView: (view) => prepared(() => views.putView(view)),
    removeView: (id) => prepared(() => views.removeView(id)),

    setVariantGroup: (skus, group) => prepared(() => decided.setVariantGroup(skus, group)),
    inVariantGroup: (group) => prepared(() => decided.inVariantGroup(group)),
    addDecision: (decision) => prepared(() => decided.addDecision(decision)),
    decisions: () => prepared(() => decided.decisions()),
    removeDecision: (id) => prepared(() => decided.removeDecision(id)),

    pending: (limit) => prepared(() => indexState.pending(limit)),
    jobs: (skus) => prepared(() => indexState.jobs(skus)),
    markIndexed: (done) => prepared(() => indexState.markIndexed(done)),
    markFailed: (sku, revision, reason) => prepared(() => indexState.markFailed(sku, revision, reason)),
    markAllPending: (skus) => prepared(() => indexState.markAllPending(skus)),
    deletedSkus: () => prepared(() => indexState.deletedSkus()),
    forgetDeleted: (skus) => prepared(() => indexState.forgetDeleted(skus)),
    counts: () => prepared(() => indexState.counts()),

    async health(): Promise<CatalogHealth> {
      const { failure, remote } = await mongo.health();
      if (failure !== null) return { state: "down", detail: failure.message, remote };
      try {
        const { total } = await prepared(() => indexState.counts());
        return { state: "ready", detail: `${total} products in MongoDB at ${mongo.address}`, remote };
      } catch (error) {
        return { state: "down", detail: error instanceof Error ? error.message : String(error), remote };
      }
    },
    sweep: () => prepared(sweep),
    async close() {
      closed = true;
      clearInterval(sweepTimer);
      await preparing?.catch(() => undefined);
      await sweeping;
      await mongo.close();
    },
  };
}
