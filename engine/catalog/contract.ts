import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ProductQuery, productQuerySchema } from "../../shared/contract/catalog.ts";
import { type ProductDraftInput, productDraftSchema } from "../../shared/contract/domain.ts";
import type { Decision } from "../../shared/contract/duplicates.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { type Catalog, THUMBNAIL_TYPE, type UpsertDone, type UpsertEntry } from "./port.ts";
import { testPicture } from "./test-pictures.ts";
import { describeKeeping } from "./testing/contract-keeping.ts";

/**
 * What every adapter of the catalogue does alike; one suite, run against each. It is one long list on purpose: a reader
 * of the port finds every promise of it here.
 *
 * @param open opens the catalogue of a folder: the same folder again is the same catalogue
 */
export function describeCatalog(adapter: string, open: (folder: string) => Promise<Catalog>): void {
  describeKeeping(adapter, open);
  describe(`catalogue: ${adapter}`, () => {
    let folder: string;
    let catalog: Catalog;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "shelfmatch-catalog-"));
      catalog = await open(folder);
    });
    afterEach(async () => {
      await catalog.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function reopen(): Promise<void> {
      await catalog.close();
      catalog = await open(folder);
    }
    async function upsertOne(entry: UpsertEntry): Promise<UpsertDone> {
      const [answer] = await catalog.upsert([entry]);
      if (answer === undefined || answer instanceof ShelfmatchError) throw answer ?? new Error("no answer");
      return answer;
    }
    const find = async (query: Partial<ProductQuery>) => catalog.list(productQuerySchema.parse(query));
    const skusOf = async (query: Partial<ProductQuery>) => (await find(query)).items.map((item) => item.sku);

    describe("products and pictures", () => {
      test("a product comes back as it was given, also after reopening", async () => {
        const pictures = [await testPicture(1), await testPicture(2)];
        const given = draft({
          sku: "B-1",
          name: "Botte élégante",
          category: "Shoes",
          price: "129.90",
          currency: "EUR",
          brand: "Aigle",
          barcode: "4006381333931",
          description: 'Red, "high"\n=1+1',
          attributes: { size: "38", color: "rouge" },
        });
        const created = await catalog.create(given, pictures);
        expect(created).toMatchObject({ ...given, indexState: "pending", indexReason: null });
        await reopen();
        expect(await catalog.get("B-1")).toEqual(created);
        expect(created.pictures.map((picture) => picture.hash)).toEqual(pictures.map((picture) => picture.hash));
        const full = await catalog.picture(pictures[0]?.hash ?? "", "full");
        expect(full).toEqual({ bytes: pictures[0]?.bytes, mediaType: "image/jpeg" });
        const thumbnail = await catalog.picture(pictures[0]?.hash ?? "", "thumbnail");
        expect(thumbnail).toEqual({ bytes: pictures[0]?.thumbnail, mediaType: THUMBNAIL_TYPE });
      });

      test("unknown SKUs and pictures are answered by their codes", async () => {
        const hash = "0".repeat(64);
        await expect(catalog.get("no")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
        await expect(catalog.update("no", { name: "x" })).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
        await expect(catalog.delete("no")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
        await expect(catalog.addPicture("no", await testPicture(1))).rejects.toMatchObject({
          code: "PRODUCT_NOT_FOUND",
        });
        await expect(catalog.picture(hash, "full")).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
        await catalog.create(draft({ sku: "A" }), []);
        await expect(catalog.removePicture("A", hash)).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
        expect(await catalog.pictureRef(hash)).toBeNull();
        // The picture of the refused addPicture did not stay behind.
        expect(await catalog.pictureRef((await testPicture(1)).hash)).toBeNull();
      });

      test("a SKU is added once", async () => {
        await catalog.create(draft({ sku: "A", name: "first" }), []);
        await expect(catalog.create(draft({ sku: "A", name: "second" }), [])).rejects.toMatchObject({
          code: "PRODUCT_EXISTS",
          details: { sku: "A" },
        });
        expect((await catalog.get("A")).name).toBe("first");
      });

      test("a change keeps what it does not name, and is not one where nothing differs", async () => {
        const before = await catalog.create(draft({ sku: "A", name: "Chair", price: "10" }), [await testPicture(1)]);
        const [job] = await catalog.pending(10);
        const after = await catalog.update("A", { price: "12.50" });
        expect(after).toMatchObject({ name: "Chair", price: "12.50", pictures: before.pictures });
        const [changed] = await catalog.pending(10);
        expect(changed?.revision).toBeGreaterThan(job?.revision ?? Number.POSITIVE_INFINITY);
        await catalog.update("A", { price: "12.50" });
        expect((await catalog.pending(10))[0]?.revision).toBe(changed?.revision);
      });

      test("pictures are added and taken off; a shared one survives the deletion of one of its products", async () => {
        const [one, two] = [await testPicture(1), await testPicture(2)];
        await catalog.create(draft({ sku: "A" }), [one]);
        await catalog.create(draft({ sku: "B" }), [one, two]);
        await catalog.addPicture("A", two);
        expect((await catalog.addPicture("A", two)).pictures.map((p) => p.hash)).toEqual([one.hash, two.hash]);
        expect((await catalog.removePicture("A", one.hash)).pictures.map((p) => p.hash)).toEqual([two.hash]);
        await catalog.delete("B");
        await expect(catalog.picture(one.hash, "full")).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
        expect((await catalog.picture(two.hash, "full")).bytes).toEqual(two.bytes);
        expect(await catalog.pictureRef(two.hash)).toEqual({
          hash: two.hash,
          width: 64,
          height: 64,
          bytes: two.bytes.byteLength,
        });
      });

      test("getMany answers those that exist, in the order asked", async () => {
        for (const sku of ["A", "B", "C"]) await catalog.create(draft({ sku }), []);
        expect((await catalog.getMany(["C", "no", "A"])).map((product) => product.sku)).toEqual(["C", "A"]);
        expect(await catalog.allSkus()).toEqual(["A", "B", "C"]);
      });

      test("many changes at once all go in", async () => {
        const pictures = await Promise.all([1, 2, 3].map(testPicture));
        await Promise.all(
          Array.from({ length: 40 }, (_, n) =>
            catalog.create(draft({ sku: `P${n}` }), pictures.slice(n % 3, (n % 3) + 1)),
          ),
        );
        await Promise.all(Array.from({ length: 39 }, (_, n) => catalog.delete(`P${n}`)));
        const [left] = await catalog.getMany(["P39"]);
        expect(await catalog.allSkus()).toEqual(["P39"]);
        expect((await catalog.picture(left?.pictures[0]?.hash ?? "", "full")).bytes).toEqual(pictures[0]?.bytes);
        await expect(catalog.picture(pictures[1]?.hash ?? "", "full")).rejects.toMatchObject({
          code: "PICTURE_NOT_FOUND",
        });
      });
    });

    describe("confirmed photos", () => {
      const origin = { runId: "run-1", photo: "c".repeat(64), time: "2026-01-02T03:04:05.000Z" };

      test("a confirmed photo says where it is from, also after reopening and beside other changes", async () => {
        const [shop, photo] = [await testPicture(1), await testPicture(2)];
        await catalog.create(draft({ sku: "A" }), [shop]);
        const added = await catalog.addPicture("A", { ...photo, origin });
        expect(added.pictures.map((picture) => picture.origin)).toEqual([undefined, origin]);
        expect(added.indexState).toBe("pending");
        await catalog.update("A", { brand: "other" });
        await reopen();
        expect((await catalog.get("A")).pictures[1]).toMatchObject({ hash: photo.hash, origin });
        const left = await catalog.removePicture("A", photo.hash);
        expect(left.pictures.map((picture) => picture.hash)).toEqual([shop.hash]);
        expect(await catalog.pictureRef(photo.hash)).toBeNull();
      });

      test("a shop's own picture stays one where the same photo is confirmed", async () => {
        const shop = await testPicture(1);
        await catalog.create(draft({ sku: "A" }), [shop]);
        const same = await catalog.addPicture("A", { ...shop, origin });
        expect(same.pictures.map((picture) => picture.origin)).toEqual([undefined]);
      });

      test("an import that names other pictures keeps confirmed photos, and one that names them changes nothing", async () => {
        const [old, photo, fresh] = [await testPicture(1), await testPicture(2), await testPicture(3)];
        await catalog.create(draft({ sku: "A" }), [old]);
        await catalog.addPicture("A", { ...photo, origin });
        const entry = { draft: draft({ sku: "A" }), otherPictures: "keep-confirmed" as const };
        const changed = await upsertOne({ ...entry, pictures: [fresh] });
        expect(changed.product.pictures.map(({ hash }) => hash)).toEqual([fresh.hash, photo.hash]);
        const refs = changed.product.pictures.map(({ origin: _origin, ...ref }) => ref);
        const again = await upsertOne({ ...entry, pictures: refs });
        expect(again.outcome).toBe("unchanged");
        expect(again.product.pictures[1]?.origin).toEqual(origin);
        const gone = await upsertOne({ ...entry, pictures: [fresh], otherPictures: "remove" });
        expect(gone.product.pictures.map(({ hash }) => hash)).toEqual([fresh.hash]);
      });

      test("the products that have some are listed", async () => {
        await catalog.create(draft({ sku: "A" }), [await testPicture(1)]);
        await catalog.create(draft({ sku: "B" }), [await testPicture(1)]);
        await catalog.addPicture("B", { ...(await testPicture(2)), origin });
        expect(await skusOf({ confirmed: true })).toEqual(["B"]);
        expect(await skusOf({})).toEqual(["A", "B"]);
      });
    });

    describe("variants and decisions", () => {
      const distinct = (id: string, time: string): Decision => ({ kind: "distinct", id, time, skus: ["A", "B"] });

      test("products become variants without being indexed anew, stay so through changes, and leave their group", async () => {
        for (const sku of ["A", "B", "C"]) await catalog.create(draft({ sku }), []);
        const revisions = async () => (await catalog.jobs(["A", "B", "C"])).map(({ revision }) => revision);
        const before = await revisions();
        await catalog.setVariantGroup(["B", "A"], "g");
        expect(await revisions()).toEqual(before);
        await catalog.update("A", { brand: "other" });
        await upsertOne({ draft: draft({ sku: "B", brand: "x" }), pictures: [], otherPictures: "remove" });
        await reopen();
        expect((await catalog.inVariantGroup("g")).map(({ sku }) => sku)).toEqual(["A", "B"]);
        expect((await catalog.get("A")).variantGroup).toBe("g");
        expect((await catalog.get("C")).variantGroup).toBeUndefined();
        await catalog.setVariantGroup(["A"], null);
        expect((await catalog.get("A")).variantGroup).toBeUndefined();
        expect(await catalog.inVariantGroup("none")).toEqual([]);
      });

      test("a group with an unknown product is refused as a whole", async () => {
        await catalog.create(draft({ sku: "A" }), []);
        await expect(catalog.setVariantGroup(["A", "no"], "g")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
        expect(await catalog.inVariantGroup("g")).toEqual([]);
      });

      test("decisions are kept, newest first, and forgotten by their id", async () => {
        await catalog.create(draft({ sku: "A", attributes: { size: "38" } }), [await testPicture(1)]);
        const [first, last] = [distinct("1", "2026-01-01T00:00:00.000Z"), distinct("2", "2026-01-02T00:00:00.000Z")];
        const product = await catalog.get("A");
        const time = "2026-01-01T12:00:00.000Z";
        const merged: Decision = { kind: "merged", id: "3", time, into: product, from: product };
        for (const decision of [first, last, merged]) await catalog.addDecision(decision);
        await reopen();
        expect(await catalog.decisions()).toEqual([last, merged, first]);
        const other: Decision = { kind: "distinct", id: "1", time: first.time, skus: ["A", "C"] };
        await catalog.addDecision(other);
        await catalog.removeDecision("2");
        await catalog.removeDecision("never there");
        expect(await catalog.decisions()).toEqual([merged, other]);
      });
    });

    describe("barcodes", () => {
      test("UPC-A and its EAN-13 form find the same product", async () => {
        await catalog.create(draft({ sku: "A", barcode: "036000291452" }), []);
        expect((await catalog.findByBarcode("0036000291452"))?.sku).toBe("A");
        expect((await catalog.findByBarcode("036000291452"))?.barcode).toBe("036000291452");
        expect(await catalog.findByBarcode("4006381333931")).toBeNull();
        expect(await skusOf({ barcode: "0036000291452" })).toEqual(["A"]);
      });

      test("one barcode is one product's, in either form", async () => {
        await catalog.create(draft({ sku: "A", barcode: "036000291452" }), []);
        const taken = { code: "BARCODE_TAKEN", details: { takenBy: "A" } };
        await expect(catalog.create(draft({ sku: "B", barcode: "0036000291452" }), [])).rejects.toMatchObject(taken);
        await catalog.create(draft({ sku: "B" }), []);
        await expect(catalog.update("B", { barcode: "036000291452" })).rejects.toMatchObject(taken);
        await catalog.update("A", { barcode: null });
        expect((await catalog.update("B", { barcode: "036000291452" })).barcode).toBe("036000291452");
      });
    });

    describe("upsert", () => {
      test("adds, changes and leaves alone, and says which", async () => {
        const [one, two] = [await testPicture(1), await testPicture(2)];
        const entry: UpsertEntry = { draft: draft({ sku: "A" }), pictures: [one, two], otherPictures: "remove" };
        expect((await upsertOne(entry)).outcome).toBe("added");
        const [job] = await catalog.pending(1);
        expect((await upsertOne(entry)).outcome).toBe("unchanged");
        expect((await catalog.pending(1))[0]?.revision).toBe(job?.revision);
        const swapped = await upsertOne({ ...entry, pictures: [two, one] });
        expect(swapped.outcome).toBe("changed");
        expect(swapped.product.pictures.map((picture) => picture.hash)).toEqual([two.hash, one.hash]);
        expect((await upsertOne({ ...entry, draft: draft({ sku: "A", brand: "x" }) })).outcome).toBe("changed");
      });

      test("a stored picture is named by its reference; one that is not stored is said", async () => {
        const picture = await testPicture(1);
        await catalog.create(draft({ sku: "A" }), [picture]);
        const ref = await catalog.pictureRef(picture.hash);
        if (ref === null) throw new Error("not stored");
        const done = await upsertOne({ draft: draft({ sku: "B" }), pictures: [ref], otherPictures: "remove" });
        expect(done.product.pictures).toEqual([ref]);
        const [answer] = await catalog.upsert([
          { draft: draft({ sku: "C" }), pictures: [{ ...ref, hash: "1".repeat(64) }], otherPictures: "remove" },
        ]);
        expect(answer).toMatchObject({ code: "PICTURE_NOT_FOUND" });
        await expect(catalog.get("C")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
      });

      test("other pictures go or stay, as asked; what is left unused goes from the store", async () => {
        const [one, two] = [await testPicture(1), await testPicture(2)];
        await catalog.create(draft({ sku: "A" }), [one]);
        const kept = await upsertOne({ draft: draft({ sku: "A" }), pictures: [two], otherPictures: "keep" });
        expect(kept.product.pictures.map((picture) => picture.hash)).toEqual([two.hash, one.hash]);
        await upsertOne({ draft: draft({ sku: "A" }), pictures: [two], otherPictures: "remove" });
        expect(await catalog.pictureRef(one.hash)).toBeNull();
        expect(await catalog.pictureRef(two.hash)).not.toBeNull();
      });

      test("an entry that can't go in leaves the others of its batch alone, and leaves no picture behind", async () => {
        const [one, two] = [await testPicture(1), await testPicture(2)];
        const answers = await catalog.upsert([
          { draft: draft({ sku: "A", barcode: "4006381333931" }), pictures: [one], otherPictures: "remove" },
          { draft: draft({ sku: "B", barcode: "4006381333931" }), pictures: [two], otherPictures: "remove" },
          { draft: draft({ sku: "C" }), pictures: [], otherPictures: "remove" },
        ]);
        expect(answers[0]).toMatchObject({ outcome: "added" });
        expect(answers[1]).toMatchObject({ code: "BARCODE_TAKEN" });
        expect(answers[2]).toMatchObject({ outcome: "added" });
        expect(await catalog.allSkus()).toEqual(["A", "C"]);
        expect(await catalog.pictureRef(two.hash)).toBeNull();
      });

      test("a picture that one entry drops and the next takes up stays", async () => {
        const one = await testPicture(1);
        await catalog.create(draft({ sku: "A" }), [one]);
        await catalog.upsert([
          { draft: draft({ sku: "A" }), pictures: [], otherPictures: "remove" },
          { draft: draft({ sku: "B" }), pictures: [one], otherPictures: "remove" },
        ]);
        expect((await catalog.picture(one.hash, "full")).bytes).toEqual(one.bytes);
      });
    });

    describe("list", () => {
      beforeEach(async () => {
        const products: ProductDraftInput[] = [
          {
            sku: "S-1",
            name: "Red leather boots",
            category: "Shoes",
            price: "129.90",
            currency: "EUR",
            brand: "Aigle",
          },
          { sku: "S-2", name: "Blue boots", category: "Shoes", price: "9", currency: "EUR", brand: "Bata" },
          {
            sku: "S-10",
            name: "Crème brûlée dish",
            category: "Kitchen",
            price: "10.5",
            currency: "EUR",
            brand: "Bata",
          },
          { sku: "S-3", name: "Tent 10", category: "Outdoor", description: "For boots and people" },
          { sku: "S-4", name: "Tent 9", category: "Outdoor", price: "99.9999", currency: "USD", brand: "Aigle" },
        ];
        for (const product of products) await catalog.create(draft(product), []);
      });

      test("sorted by name as people sort, by price exactly with the unpriced last", async () => {
        const byName = ["Blue boots", "Crème brûlée dish", "Red leather boots", "Tent 9", "Tent 10"];
        expect((await find({})).items.map((item) => item.name)).toEqual(byName);
        expect((await find({ order: "desc" })).items.map((item) => item.name)).toEqual(byName.toReversed());
        expect(await skusOf({ sort: "price" })).toEqual(["S-2", "S-10", "S-4", "S-1", "S-3"]);
        expect(await skusOf({ sort: "price", order: "desc" })).toEqual(["S-1", "S-4", "S-10", "S-2", "S-3"]);
        expect(await skusOf({ sort: "sku" })).toEqual(["S-1", "S-10", "S-2", "S-3", "S-4"]);
        expect(await skusOf({ sort: "category" })).toEqual(["S-10", "S-4", "S-3", "S-2", "S-1"]);
        await catalog.update("S-2", { description: "changed" });
        expect((await skusOf({ sort: "updated", order: "desc" }))[0]).toBe("S-2");
      });

      test("paged, with the total of all pages", async () => {
        const page = await find({ page: 2, pageSize: 2 });
        expect(page.items.map((item) => item.name)).toEqual(["Red leather boots", "Tent 9"]);
        expect(page.total).toBe(5);
        expect((await find({ page: 9, pageSize: 2 })).items).toEqual([]);
      });

      test("text: every word, as a prefix, without case and diacritics; names before descriptions", async () => {
        expect(await skusOf({ text: "red boo" })).toEqual(["S-1"]);
        expect(await skusOf({ text: "CREME brulee" })).toEqual(["S-10"]);
        expect((await skusOf({ text: "boots", sort: "relevance" })).at(-1)).toBe("S-3");
        expect(await skusOf({ text: "S-10" })).toEqual(["S-10"]);
        expect(await skusOf({ text: "boots chainsaw" })).toEqual([]);
        expect(await skusOf({ text: "   " })).toHaveLength(5);
        await catalog.update("S-1", { name: "Green clogs" });
        expect(await skusOf({ text: "red boo" })).toEqual([]);
        expect(await skusOf({ text: "clogs" })).toEqual(["S-1"]);
        await catalog.delete("S-1");
        expect(await skusOf({ text: "clogs" })).toEqual([]);
      });

      test.each([
        '"',
        "boots OR",
        "NOT x",
        "name:boots",
        "boots*",
        "^",
        "(",
        "a AND",
        "'; DROP TABLE products; --",
        "!!!",
      ])("text %j is words, never syntax", async (text) => {
        await expect(find({ text })).resolves.toMatchObject({ total: expect.any(Number) });
        expect((await find({})).total).toBe(5);
      });

      test("filters, and facets counted with the other filters applied", async () => {
        const page = await find({ category: ["Shoes"], brand: ["Aigle"] });
        expect(page.items.map((item) => item.sku)).toEqual(["S-1"]);
        expect(page.facets.category).toEqual([
          { value: "Outdoor", count: 1 },
          { value: "Shoes", count: 1 },
        ]);
        expect(page.facets.brand).toEqual([
          { value: "Aigle", count: 1 },
          { value: "Bata", count: 1 },
        ]);
        expect(page.facets.indexState).toEqual([{ value: "pending", count: 1 }]);
        expect(await skusOf({ category: ["Shoes", "Kitchen"], text: "boots" })).toEqual(["S-2", "S-1"]);
        expect((await find({ text: "boots" })).facets.category).toEqual([
          { value: "Shoes", count: 2 },
          { value: "Outdoor", count: 1 },
        ]);
      });

      test("price ranges are exact, ends included", async () => {
        expect(await skusOf({ priceMin: "9.0000", priceMax: "10.50" })).toEqual(["S-2", "S-10"]);
        expect(await skusOf({ priceMin: "9.0001", priceMax: "10.4999" })).toEqual([]);
        expect(await skusOf({ priceMin: "99.9999", currency: "USD" })).toEqual(["S-4"]);
        const largest = "999999999999.9999";
        await catalog.create(draft({ sku: "max", price: largest }), []);
        await catalog.create(draft({ sku: "max-1", price: "999999999999.9998" }), []);
        expect(await skusOf({ priceMin: largest })).toEqual(["max"]);
        expect((await catalog.get("max")).price).toBe(largest);
      });
    });

    describe("index state", () => {
      test("oldest change first; marking names the revision, so that a newer change stays pending", async () => {
        for (const sku of ["A", "B", "C"]) await catalog.create(draft({ sku }), []);
        await catalog.update("A", { name: "changed" });
        const jobs = await catalog.pending(10);
        expect(jobs.map((job) => job.product.sku)).toEqual(["B", "C", "A"]);
        expect((await catalog.pending(2)).map((job) => job.product.sku)).toEqual(["B", "C"]);
        await catalog.update("B", { name: "changed while it was being indexed" });
        await catalog.markIndexed(jobs.map((job) => ({ sku: job.product.sku, revision: job.revision })));
        expect(await catalog.counts()).toEqual({ pending: 1, indexed: 2, failed: 0, total: 3 });
        expect(await skusOf({ indexState: "pending" })).toEqual(["B"]);
      });

      test("a copy of another catalogue's product keeps its times", async () => {
        const times = { createdAt: "2020-01-02T03:04:05.678Z", updatedAt: "2021-01-02T03:04:05.678Z" };
        const entry = { draft: draft({ sku: "A" }), pictures: [], otherPictures: "remove" as const };
        const [added] = await catalog.upsert([{ ...entry, times }]);
        expect(added).toMatchObject({ outcome: "added", product: times });
        expect(await catalog.get("A")).toMatchObject({ ...times, indexState: "pending" });
        await catalog.update("A", { name: "changed here" });
        expect((await catalog.get("A")).createdAt).toBe(times.createdAt);
        expect((await catalog.get("A")).updatedAt > times.updatedAt).toBe(true);
      });

      test("jobs of products that are named come in the order asked, whatever their state", async () => {
        for (const sku of ["A", "B"]) await catalog.create(draft({ sku }), []);
        const [first] = await catalog.pending(1);
        await catalog.markIndexed([{ sku: "A", revision: first?.revision ?? 0 }]);
        const jobs = await catalog.jobs(["B", "nobody", "A"]);
        expect(jobs.map(({ product }) => [product.sku, product.indexState])).toEqual([
          ["B", "pending"],
          ["A", "indexed"],
        ]);
        expect(jobs[1]?.revision).toBe(first?.revision);
      });

      test("a failure is kept with its reason until the product changes or is made pending", async () => {
        await catalog.create(draft({ sku: "A" }), []);
        const [job] = await catalog.pending(1);
        await catalog.markFailed("A", job?.revision ?? 0, "no picture");
        expect(await catalog.get("A")).toMatchObject({ indexState: "failed", indexReason: "no picture" });
        expect(await catalog.pending(10)).toEqual([]);
        await catalog.markAllPending();
        expect(await catalog.get("A")).toMatchObject({ indexState: "pending", indexReason: null });
        // What was made before is not what is wanted now.
        await catalog.markIndexed([{ sku: "A", revision: job?.revision ?? 0 }]);
        expect((await catalog.counts()).pending).toBe(1);
      });

      test("only the named ones are made pending", async () => {
        for (const sku of ["A", "B"]) await catalog.create(draft({ sku }), []);
        const jobs = await catalog.pending(10);
        await catalog.markIndexed(jobs.map((job) => ({ sku: job.product.sku, revision: job.revision })));
        await catalog.markAllPending(["B"]);
        expect((await catalog.pending(10)).map((job) => job.product.sku)).toEqual(["B"]);
        await catalog.create(draft({ sku: "C" }), []);
        expect((await catalog.pending(10)).map((job) => job.product.sku)).toEqual(["B", "C"]);
      });

      test("deleted SKUs are remembered until they are forgotten, also after reopening", async () => {
        for (const sku of ["A", "B"]) {
          await catalog.create(draft({ sku }), []);
          await catalog.delete(sku);
        }
        await reopen();
        expect((await catalog.deletedSkus()).toSorted()).toEqual(["A", "B"]);
        await catalog.forgetDeleted(["A"]);
        expect(await catalog.deletedSkus()).toEqual(["B"]);
      });

      test("a SKU that comes back is no longer deleted, and old jobs do not mark it", async () => {
        await catalog.create(draft({ sku: "A" }), []);
        const [old] = await catalog.pending(1);
        await catalog.delete("A");
        await catalog.create(draft({ sku: "A" }), []);
        expect(await catalog.deletedSkus()).toEqual([]);
        await catalog.markIndexed([{ sku: "A", revision: old?.revision ?? 0 }]);
        expect((await catalog.get("A")).indexState).toBe("pending");
      });
    });

    test("health says what it is", async () => {
      await catalog.create(draft({ sku: "A" }), []);
      expect(await catalog.health()).toMatchObject({ state: "ready", detail: expect.stringContaining("1 product") });
    });
  });
}

function draft(input: Omit<ProductDraftInput, "name"> & { name?: string }) {
  return productDraftSchema.parse({ name: input.sku, ...input });
}
