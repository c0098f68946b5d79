import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient, ObjectId } from "mongodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type MongoServer, startMongo } from "../../../scripts/servers/mongo.mjs";
import type { Config } from "../../../shared/config.ts";
import { type ProductDraftInput, productDraftSchema } from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { named, openTestMongo, serverMissing, type TestMongo } from "../../lib/mongo/testing.ts";
import type { PictureUpload } from "../port.ts";
import { testPicture } from "../test-pictures.ts";
import { type MongoCatalog, openMongoCatalog } from "./mongo.ts";

// A server that starts, hangs or elects takes its time, more so where others work beside it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const draft = (input: Omit<ProductDraftInput, "name">) => productDraftSchema.parse({ name: input.sku, ...input });

describe.skipIf(serverMissing !== null)(named("a catalogue in a MongoDB of its own", serverMissing), () => {
  let server: MongoServer;
  let test_: TestMongo;
  let settings: Config["mongo"];
  const opened: MongoCatalog[] = [];
  beforeAll(async () => {
    server = await startMongo();
    test_ = await openTestMongo(server);
  });
  beforeEach(async () => {
    settings = await test_.database({ deadlineMs: 5_000 });
  });
  afterEach(async () => {
    for (const catalog of opened.splice(0)) await catalog.close();
  });
  afterAll(async () => {
    await test_?.close();
    await server?.close();
  });

  async function open(changes: { graceMs?: number; settings?: Config["mongo"]; notices?: string[] } = {}) {
    const { notices, ...rest } = changes;
    const catalog = await openMongoCatalog({
      settings,
      ...rest,
      ...(notices === undefined ? {} : { onNotice: (text: string) => notices.push(text) }),
    });
    opened.push(catalog);
    return catalog;
  }
  /** A second engine: other settings have another client. */
  const openOther = () => open({ settings: { ...settings, deadlineMs: settings.deadlineMs + 1 } });
  const db = () => test_.admin.db(settings.database);
  const fileCount = async () => [
    await db().collection("pictures").countDocuments(),
    await db().collection("pictures.files").countDocuments(),
    (await db().collection("pictures.chunks").distinct("files_id")).length,
  ];

  test("down at the opening: told, and it works once the server is there", async () => {
    await server.stop();
    const notices: string[] = [];
    const catalog = await open({ notices });
    await expect(catalog.counts()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(await catalog.health()).toMatchObject({ state: "down", remote: { name: "MongoDB" } });
    expect(notices).toEqual([expect.stringContaining("not reachable")]);
    await server.start();
    await expect
      .poll(() => catalog.counts().catch(String), { timeout: 60_000, interval: 250 })
      .toMatchObject({
        total: 0,
      });
    await catalog.create(draft({ sku: "A", barcode: "4006381333931" }), [await testPicture(1)]);
    expect(await catalog.health()).toMatchObject({ state: "ready", remote: { version: "6.0.5" } });
    // Its set-up was made up for: rules and unique keys are there.
    await expect(catalog.create(draft({ sku: "B", barcode: "4006381333931" }), [])).rejects.toMatchObject({
      code: "BARCODE_TAKEN",
    });
  });

  test("killed in the middle of writes: everything acknowledged is there, nothing half, no file that nothing names", async () => {
    const catalog = await open({ settings: { ...settings, deadlineMs: 2_000 } });
    const acknowledged = new Set<string>();
    const deleted = new Set<string>();
    let stop = false;
    async function write(from: number) {
      for (let n = from; !stop; n += 3) {
        const sku = `P${n}`;
        try {
          await catalog.create(draft({ sku }), [await testPicture(n), await testPicture(n + 1)]);
          acknowledged.add(sku);
          if (n % 7 !== 0) continue;
          await catalog.delete(sku);
          deleted.add(sku);
        } catch (error) {
          if (!(error instanceof ShelfmatchError) || !error.retryable) throw error;
          await sleep(50);
        }
      }
    }
    const writers = [0, 1, 2].map(write);
    for (let kill = 0; kill < 3; kill += 1) {
      const before = acknowledged.size;
      await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(before + 6 + kill * 5);
      await server.kill();
      await server.start();
    }
    stop = true;
    await Promise.all(writers);

    const again = await open({ graceMs: -60_000, settings: { ...settings, deadlineMs: 20_000 } });
    const expected = [...acknowledged].filter((sku) => !deleted.has(sku));
    const products = await again.getMany(expected);
    // One whose deletion was not acknowledged may be gone all the same: only such.
    const unsure = expected.filter((sku) => Number(sku.slice(1)) % 7 === 0);
    expect(products.length).toBeGreaterThanOrEqual(expected.length - unsure.length);
    expect(await again.getMany([...deleted])).toEqual([]);
    for (const { pictures } of products) {
      expect(pictures).toHaveLength(2);
      for (const { hash, bytes } of pictures) {
        expect((await again.picture(hash, "full")).bytes.byteLength).toBe(bytes);
        expect((await again.picture(hash, "thumbnail")).bytes.byteLength).toBeGreaterThan(0);
      }
    }
    expect(products.length).toBeGreaterThan(20);
    await again.sweep();
    const used = new Set(
      (await again.getMany(await again.allSkus())).flatMap((one) => one.pictures.map((p) => p.hash)),
    );
    expect(await fileCount()).toEqual([used.size, used.size, used.size]);
  });

  test("a server that hangs: TIMEOUT, then on as before; a write told as failed may be repeated", async () => {
    // The collections are made in their own time.
    await (await open({ settings: { ...settings, deadlineMs: 30_000 } })).counts();
    const catalog = await open({ settings: { ...settings, deadlineMs: 1_500 } });
    await catalog.create(draft({ sku: "A" }), []);
    server.pause();
    const entry = { draft: draft({ sku: "B" }), pictures: [await testPicture(1)], otherPictures: "remove" as const };
    try {
      await expect(catalog.get("A")).rejects.toMatchObject({ code: "TIMEOUT" });
      await expect(catalog.upsert([entry])).rejects.toMatchObject({ retryable: true });
    } finally {
      server.resume();
    }
    await expect
      .poll(() => catalog.upsert([entry]).catch(String), { timeout: 60_000, interval: 250 })
      .toMatchObject([{ product: { sku: "B" } }]);
    expect(await catalog.allSkus()).toEqual(["A", "B"]);
  });

  test("the database itself refuses what is no product, and two products with one barcode", async () => {
    const catalog = await open();
    await catalog.create(draft({ sku: "A", barcode: "4006381333931", price: "1.50" }), [await testPicture(1)]);
    const products = db().collection<{ _id: string }>("products");
    const good = await products.findOne({ _id: "A" }, { promoteValues: false });
    const refused = { code: 121 };
    for (const bad of [
      { price: 1.5 },
      { price: "1.50" },
      { indexState: "lost" },
      { name: "" },
      { currency: "euro" },
      { surprise: true },
      { pictures: [{ hash: "../../etc/passwd", width: 1, height: 1, bytes: 1 }] },
    ]) {
      await expect(products.updateOne({ _id: "A" }, { $set: bad })).rejects.toMatchObject(refused);
    }
    await expect(products.insertOne({ _id: "B" })).rejects.toMatchObject(refused);
    await expect(products.insertOne({ ...good, _id: "B" })).rejects.toMatchObject({ code: 11_000 });
    expect(await catalog.allSkus()).toEqual(["A"]);
  });

  test("rules of the database that are not this version's are told; so are documents that it did not write", async () => {
    const catalog = await open();
    await catalog.create(draft({ sku: "A" }), []);
    await db().command({ collMod: "products", validator: { name: "the only name" } });
    await expect(catalog.update("A", { name: "another" })).rejects.toMatchObject({ code: "SERVICE_MISMATCH" });
    await db().command({ collMod: "products", validator: {} });
    await db()
      .collection<{ _id: string }>("products")
      .updateOne({ _id: "A" }, { $set: { price: "a lot" } });
    await expect(catalog.get("A")).rejects.toMatchObject({ code: "DATA_CORRUPT" });
  });

  test("a newer version's database is refused, and left as it is", async () => {
    await (await open()).counts();
    await db()
      .collection<{ _id: string }>("state")
      .updateOne({ _id: "catalogue" }, { $set: { version: 99 } });
    const older = await openOther();
    await expect(older.counts()).rejects.toMatchObject({ code: "SERVICE_MISMATCH" });
    await expect(older.counts()).rejects.toThrow(/newer version of Shelfmatch \(99, this one knows \d+\)/);
    expect((await older.health()).state).toBe("down");
  });

  test("prices come back as they were given, and compare exactly", async () => {
    const catalog = await open();
    const prices = ["0", "0.00", "0.0001", "7.5", "7.50", "12", "999999999999.9999", "100000000000", "0.1000"];
    for (const [at, price] of prices.entries()) await catalog.create(draft({ sku: `P${at}`, price }), []);
    const read = await catalog.getMany(prices.map((_, at) => `P${at}`));
    expect(read.map(({ price }) => price)).toEqual(prices);
    expect((await catalog.update("P0", { price: "007.50" })).price).toBe("7.50");
  });

  describe("several engines on one database", () => {
    test("one takes a picture up while the other drops it: it stays, whole, exactly as long as somebody has it", async () => {
      const [one, two] = [await open(), await openOther()];
      const picture = await testPicture(1);
      const entry = (sku: string, pictures: PictureUpload[]) => ({
        ...{ draft: draft({ sku }), pictures, otherPictures: "remove" as const },
      });
      for (let round = 0; round < 15; round += 1) {
        await Promise.all([
          one.upsert([entry("A", round % 2 === 0 ? [picture] : [])]),
          two.upsert([entry("B", round % 3 === 0 ? [picture] : [])]),
        ]);
        const used = (await one.getMany(["A", "B"])).some(({ pictures }) => pictures.length > 0);
        if (used) expect((await two.picture(picture.hash, "full")).bytes).toEqual(picture.bytes);
        else expect(await two.pictureRef(picture.hash)).toBeNull();
        expect(await fileCount()).toEqual(used ? [1, 1, 1] : [0, 0, 0]);
      }
    });

    test("a barcode, and a SKU, is given once, whoever asks first", async () => {
      const engines = [await open(), await openOther()];
      for (let round = 0; round < 8; round += 1) {
        const barcode = `40063813339${round}1`;
        const answers = await Promise.allSettled(
          engines.map((engine, at) => engine.create(draft({ sku: `R${round}-${at}`, barcode }), [])),
        );
        expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        expect(answers.find((one) => one.status === "rejected")?.reason).toMatchObject({ code: "BARCODE_TAKEN" });
        const same = await Promise.allSettled(engines.map((engine) => engine.create(draft({ sku: `S${round}` }), [])));
        expect(same.find((one) => one.status === "rejected")?.reason).toMatchObject({ code: "PRODUCT_EXISTS" });
      }
    });

    test("imports of the same products at once all go in, each revision its own", async () => {
      const engines = [await open(), await openOther()];
      const skus = Array.from({ length: 30 }, (_, n) => `P${n}`);
      const picture = await testPicture(1);
      const entries = (brand: string) =>
        skus.map((sku) => ({ draft: draft({ sku, brand }), pictures: [picture], otherPictures: "remove" as const }));
      for (let round = 0; round < 3; round += 1) {
        const answers = await Promise.all(engines.map((engine, at) => engine.upsert(entries(`${round}-${at}`))));
        for (const answer of answers.flat()) expect(answer).toHaveProperty("outcome");
      }
      const revisions = (await engines[0]?.jobs(skus))?.map(({ revision }) => revision) ?? [];
      expect(new Set(revisions).size).toBe(30);
      expect(await fileCount()).toEqual([1, 1, 1]);
    });
  });

  describe("files of pictures", () => {
    test("those that nothing names go when they are old enough, at the start by itself; all others stay", async () => {
      const catalog = await open();
      const picture = await testPicture(1);
      await catalog.create(draft({ sku: "A" }), [picture]);
      const chunks = db().collection("pictures.chunks");
      const old = ObjectId.createFromTime(Math.floor(Date.now() / 1000) - 2 * 3600);
      const young = ObjectId.createFromTime(Math.floor(Date.now() / 1000) - 60);
      for (const files_id of [old, young]) await chunks.insertOne({ files_id, n: 0, data: Buffer.from("half") });
      expect(await catalog.sweep()).toBe(1);
      expect(await chunks.countDocuments({ files_id: young })).toBe(1);
      expect((await catalog.picture(picture.hash, "full")).bytes).toEqual(picture.bytes);

      await chunks.insertOne({ files_id: old, n: 1, data: Buffer.from("the end of one") });
      await (await openOther()).counts();
      await expect.poll(() => chunks.countDocuments({ files_id: old }), { timeout: 30_000 }).toBe(0);
    });

    test.each(["pictures.chunks", "pictures.files"])(
      "one that lost its %s is told, and comes back with its upload",
      async (collection) => {
        const catalog = await open();
        const picture = await testPicture(1);
        await catalog.create(draft({ sku: "A" }), [picture]);
        await db().collection(collection).deleteMany({});
        await expect(catalog.picture(picture.hash, "full")).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
        expect(await catalog.pictureRef(picture.hash)).toBeNull();
        await catalog.upsert([{ draft: draft({ sku: "A" }), pictures: [picture], otherPictures: "remove" }]);
        expect((await catalog.picture(picture.hash, "full")).bytes).toEqual(picture.bytes);
        expect(await fileCount()).toEqual([1, 1, 1]);
      },
    );

    test("a large one has many chunks, and comes back as it was", async () => {
      const catalog = await open();
      const small = await testPicture(1);
      const bytes = new Uint8Array(9 * 1024 * 1024).map((_, at) => (at * 31) & 0xff);
      await catalog.create(draft({ sku: "A" }), [{ ...small, bytes }]);
      expect(await db().collection("pictures.chunks").countDocuments()).toBeGreaterThan(3);
      expect(Buffer.from((await catalog.picture(small.hash, "full")).bytes).equals(Buffer.from(bytes))).toBe(true);
    });
  });

  test("ten thousand products are all made pending, in pages", async () => {
    const catalog = await open({ settings: { ...settings, deadlineMs: 60_000 } });
    await catalog.create(draft({ sku: "A" }), []);
    const client = new MongoClient(settings.url);
    const products = client.db(settings.database).collection<{ _id: string }>("products");
    const model = await products.findOne({ _id: "A" }, { promoteValues: false });
    const copies = Array.from({ length: 10_000 }, (_, n) => ({ ...model, _id: `P${n}`, indexState: "indexed" }));
    await products.insertMany(copies);
    await client.close();
    await catalog.markAllPending();
    expect(await catalog.counts()).toEqual({ pending: 10_001, indexed: 0, failed: 0, total: 10_001 });
    expect(await catalog.allSkus()).toHaveLength(10_001);
  });
});
