import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { productQuerySchema } from "../../../shared/contract/catalog.ts";
import { type ProductDraftInput, productDraftSchema } from "../../../shared/contract/domain.ts";
import type { By, Catalog } from "../port.ts";
import { testPicture } from "../test-pictures.ts";

/** The part of the catalogue's contract that nothing is lost by: bin, history, saved filters; see `contract.ts`. */
export function describeKeeping(adapter: string, open: (folder: string) => Promise<Catalog>): void {
  describe(`catalogue that keeps what was: ${adapter}`, () => {
    let folder: string;
    let catalog: Catalog;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "shelfmatch-keeping-"));
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
    const page = { page: 1, pageSize: 50 };
    const far = "2999-01-01T00:00:00.000Z";
    const past = "2000-01-01T00:00:00.000Z";
    const origin = { runId: "run-1", photo: "c".repeat(64), time: "2026-01-02T03:04:05.000Z" };
    const barcode = "4006381333931";
    const create = (input: Omit<ProductDraftInput, "name"> & { name?: string }, pictures = [] as number[]) =>
      Promise.all(pictures.map(testPicture)).then((all) =>
        catalog.create(productDraftSchema.parse({ name: input.sku, ...input }), all),
      );

    describe("bin", () => {
      test("a discarded product is gone from everything but the bin, and its pictures stay, also after reopening", async () => {
        const product = await create({ sku: "A", name: "Lamp", barcode }, [1, 2]);
        const [entry] = await catalog.discard(["A", "nobody"], { source: "bulk", job: "job-1" });
        await reopen();
        await expect(catalog.get("A")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
        expect(await catalog.allSkus()).toEqual([]);
        expect(await catalog.findByBarcode(barcode)).toBeNull();
        expect(await catalog.deletedSkus()).toEqual(["A"]);
        const hash = product.pictures[0]?.hash ?? "";
        expect(entry).toMatchObject({ sku: "A", name: "Lamp", job: "job-1", pictures: 2, picture: hash });
        expect(await catalog.bin(page)).toEqual({ items: [entry], total: 1 });
        expect(await catalog.discardedBy("job-1")).toEqual([entry?.id]);
        expect(await catalog.pictureRef(hash)).not.toBeNull();
      });

      test("restoring brings everything back: pictures in order, origins, variant group, times", async () => {
        await create({ sku: "A", barcode, attributes: { size: "38" }, price: "12.50", currency: "EUR" }, [1]);
        await catalog.addPicture("A", { ...(await testPicture(2)), origin });
        await create({ sku: "B" });
        await catalog.setVariantGroup(["A", "B"], "g");
        const before = await catalog.get("A");
        const [entry] = await catalog.discard(["A"]);
        const [answer] = await catalog.restore([entry?.id ?? ""]);
        expect(answer).toMatchObject({ sku: "A" });
        expect(await catalog.get("A")).toEqual({ ...before, indexState: "pending", indexReason: null });
        expect((await catalog.inVariantGroup("g")).map(({ sku }) => sku)).toEqual(["A", "B"]);
        expect(await catalog.bin(page)).toEqual({ items: [], total: 0 });
        expect(await catalog.deletedSkus()).toEqual([]);
        expect((await catalog.findByBarcode(barcode))?.sku).toBe("A");
        expect((await catalog.list(productQuerySchema.parse({ text: "A" }))).total).toBe(1);
      });

      test("what can't come back says why, stays in the bin, and leaves the others alone", async () => {
        for (const sku of ["A", "B", "C"]) await create({ sku, ...(sku === "B" ? { barcode } : {}) });
        const ids = (await catalog.discard(["A", "B", "C"]))
          .toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
          .map(({ id }) => id);
        await create({ sku: "A" });
        await create({ sku: "D", barcode });
        const answers = await catalog.restore([...ids, "00000000-0000-4000-8000-000000000000"]);
        expect(answers[0]).toMatchObject({ code: "PRODUCT_EXISTS" });
        expect(answers[1]).toMatchObject({ code: "BARCODE_TAKEN" });
        expect(answers[2]).toMatchObject({ sku: "C" });
        expect(answers[3]).toMatchObject({ code: "PRODUCT_NOT_FOUND" });
        expect((await catalog.bin(page)).total).toBe(2);
      });

      test("newest first, searched by SKU and name as they are written, in pages", async () => {
        await create({ sku: "A", name: "50% lamp" });
        await create({ sku: "B", name: "500 lamps" });
        await catalog.discard(["A"]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        await catalog.discard(["B"]);
        expect((await catalog.bin(page)).items.map(({ sku }) => sku)).toEqual(["B", "A"]);
        expect((await catalog.bin({ ...page, text: "50%" })).items.map(({ sku }) => sku)).toEqual(["A"]);
        expect((await catalog.bin({ ...page, text: "LAMP" })).total).toBe(2);
        const second = await catalog.bin({ page: 2, pageSize: 1 });
        expect(second).toMatchObject({ total: 2, items: [{ sku: "A" }] });
      });

      test("purging and pruning free the pictures that nothing else names", async () => {
        const [one, two] = [await testPicture(1), await testPicture(2)];
        await create({ sku: "A" }, [1, 2]);
        await create({ sku: "B" }, [2]);
        const [entry] = await catalog.discard(["A"]);
        await catalog.prune({ bin: past, changes: past });
        expect(await catalog.pictureRef(one.hash)).not.toBeNull();
        expect(await catalog.purge([entry?.id ?? "", "00000000-0000-4000-8000-000000000000"])).toBe(1);
        expect(await catalog.pictureRef(one.hash)).toBeNull();
        expect(await catalog.pictureRef(two.hash)).not.toBeNull();
        await catalog.discard(["B"]);
        await catalog.prune({ bin: far, changes: past });
        expect((await catalog.bin(page)).total).toBe(0);
        expect(await catalog.pictureRef(two.hash)).toBeNull();
        expect((await catalog.changes({ sku: "B", limit: 10 })).map(({ kind }) => kind)).toEqual(["deleted", "added"]);
        await catalog.prune({ bin: far, changes: far });
        expect(await catalog.changes({ sku: "B", limit: 10 })).toEqual([]);
      });
    });

    describe("pictures", () => {
      test("they are ordered, replaced and taken off in one step; what leaves stays stored until the bin is pruned", async () => {
        const [one, two, three] = [await testPicture(1), await testPicture(2), await testPicture(3)];
        await create({ sku: "A" }, [1]);
        const before = await catalog.addPicture("A", { ...two, origin });
        const [first, second] = before.pictures;
        if (first === undefined || second === undefined) throw new Error("no pictures");
        const [job] = await catalog.pending(1);
        const turned = await catalog.setPictures("A", [second, first]);
        expect(turned.pictures).toEqual([second, first]);
        expect((await catalog.pending(1))[0]?.revision).toBeGreaterThan(job?.revision ?? 0);
        const replaced = await catalog.setPictures("A", [second, three]);
        expect(replaced.pictures.map(({ hash }) => hash)).toEqual([two.hash, three.hash]);
        expect(replaced.pictures[0]?.origin).toEqual(origin);
        await reopen();
        expect(await catalog.pictureRef(one.hash)).not.toBeNull();
        expect((await catalog.bin(page)).total).toBe(0);
        await catalog.prune({ bin: far, changes: past });
        expect(await catalog.pictureRef(one.hash)).toBeNull();
        await expect(catalog.setPictures("A", [first])).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
        await expect(catalog.setPictures("no", [])).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
      });
    });

    describe("a change that knows what it changes", () => {
      test("goes through where nobody was quicker, and is refused otherwise", async () => {
        const seen = await create({ sku: "A" }, [1]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        const saved = await catalog.update("A", { brand: "x" }, { expected: seen.updatedAt });
        const late = { expected: seen.updatedAt };
        const refusal = { code: "PRODUCT_CHANGED", details: { updatedAt: saved.updatedAt } };
        await expect(catalog.update("A", { brand: "y" }, late)).rejects.toMatchObject(refusal);
        await expect(catalog.setPictures("A", [], late)).rejects.toMatchObject(refusal);
        expect(await catalog.get("A")).toEqual(saved);
      });
    });

    describe("history", () => {
      test("says who changed what from which value to which, newest first, and nothing of what changed nothing", async () => {
        const by: By = { source: "bulk", job: "job-1" };
        await create({ sku: "A", price: "1.00", currency: "EUR", attributes: { size: "38", old: "x" } }, [1]);
        await create({ sku: "B" });
        await catalog.update("A", { price: "2.00", attributes: { size: "39", color: "red" } }, { by });
        await catalog.update("A", { price: "2.00" });
        const { pictures } = await catalog.addPicture(
          "A",
          { ...(await testPicture(2)), origin },
          { source: "confirmed", job: "run-1" },
        );
        await reopen();
        const changes = await catalog.changes({ sku: "A", limit: 10 });
        expect(changes.map(({ kind, source, job }) => [kind, source, job])).toEqual([
          ["changed", "confirmed", "run-1"],
          ["changed", "bulk", "job-1"],
          ["added", "edit", null],
        ]);
        expect(changes[0]?.fields).toEqual([{ field: "pictures", before: pictures.slice(0, 1), after: pictures }]);
        expect(changes[1]?.fields).toEqual([
          { field: "price", before: "1.00", after: "2.00" },
          { field: "attributes.color", before: null, after: "red" },
          { field: "attributes.old", before: "x", after: null },
          { field: "attributes.size", before: "38", after: "39" },
        ]);
        expect(await catalog.changes({ job: "job-1", limit: 10 })).toEqual([changes[1]]);
        expect(await catalog.changes({ sku: "A", before: changes[0]?.id, limit: 1 })).toEqual([changes[1]]);
        expect(await catalog.change(changes[1]?.id ?? 0)).toEqual(changes[1]);
        expect(await catalog.change(999_999)).toBeNull();
      });

      test("an import's changes are in it; a copy of another catalogue's product has none; deleting and restoring is", async () => {
        const entry = { pictures: [], otherPictures: "keep" as const };
        const draft = (sku: string, brand = "") => productDraftSchema.parse({ sku, name: sku, brand });
        const times = { createdAt: past, updatedAt: past };
        await catalog.upsert([
          { ...entry, draft: draft("A"), by: { source: "import" } },
          { ...entry, draft: draft("B"), times },
        ]);
        await catalog.upsert([{ ...entry, draft: draft("A", "x"), by: { source: "import" } }]);
        expect((await catalog.changes({ sku: "A", limit: 10 })).map(({ kind, source }) => [kind, source])).toEqual([
          ["changed", "import"],
          ["added", "import"],
        ]);
        expect(await catalog.changes({ sku: "B", limit: 10 })).toEqual([]);
        const [gone] = await catalog.discard(["B"]);
        await catalog.restore([gone?.id ?? ""], { source: "restore" });
        expect((await catalog.changes({ sku: "B", limit: 10 })).map(({ kind, source }) => [kind, source])).toEqual([
          ["restored", "restore"],
          ["deleted", "edit"],
        ]);
      });
    });

    describe("saved filters", () => {
      test("are kept by name, replaced by id, and removed", async () => {
        const [a, b] = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"];
        await catalog.putView({ id: a, name: "Shoes", search: "category=Shoes&sort=price" });
        await catalog.putView({ id: b, name: "Failed", search: "indexState=failed" });
        await catalog.putView({ id: a, name: "All shoes", search: "category=Shoes" });
        await reopen();
        expect(await catalog.views()).toEqual([
          { id: a, name: "All shoes", search: "category=Shoes" },
          { id: b, name: "Failed", search: "indexState=failed" },
        ]);
        await catalog.removeView(a);
        await catalog.removeView(a);
        expect((await catalog.views()).map(({ id }) => id)).toEqual([b]);
      });
    });

    describe("taking over", () => {
      const kept = async () => catalog.keptEntries(null, 100);
      const changesOf = (sku: string) => catalog.changes({ sku, limit: 100 });

      test("the bin of another catalogue comes with its pictures, once, and is restored from here", async () => {
        const source = await open(join(folder, "other"));
        try {
          const draft = productDraftSchema.parse({ sku: "Z", name: "Lamp", barcode });
          await source.create(draft, [await testPicture(1), await testPicture(2)]);
          await source.setPictures("Z", [await testPicture(2)]);
          await source.addPicture("Z", { ...(await testPicture(3)), origin });
          await source.setVariantGroup(["Z"], "g");
          const was = await source.get("Z");
          const [binned] = await source.discard(["Z"], { source: "bulk", job: "job-1" });
          const entries = await source.keptEntries(null, 100);
          expect(entries.map(({ kind }) => kind).sort()).toEqual(["pictures", "product"]);
          expect(await source.keptEntries(entries[0]?.id ?? "", 100)).toEqual(entries.slice(1));
          const uploads = await Promise.all([1, 2, 3].map(testPicture));
          await catalog.takeOverBin(entries, uploads);
          await catalog.takeOverBin(entries, []);
          await reopen();
          expect(await kept()).toEqual(entries);
          expect((await catalog.bin(page)).items).toEqual([binned]);
          for (const { hash } of uploads) expect(await catalog.pictureRef(hash)).not.toBeNull();
          await catalog.restore([binned?.id ?? ""]);
          expect(await catalog.get("Z")).toEqual({ ...was, indexState: "pending" });
          await catalog.prune({ bin: far, changes: past });
          expect(await catalog.pictureRef(uploads[0]?.hash ?? "")).toBeNull();
        } finally {
          await source.close();
        }
      });

      test("a picture that is stored nowhere stays missing, and one that no entry keeps is not stored", async () => {
        const [one, two, three] = [await testPicture(1), await testPicture(2), await testPicture(3)];
        const entry = {
          ...{ id: "00000000-0000-4000-8000-00000000000c", kind: "pictures" as const, sku: "A", name: "A" },
          ...{ time: origin.time, job: null, product: null, pictures: [one.hash, three.hash] },
        };
        await catalog.takeOverBin([entry], [one, two]);
        expect(await catalog.pictureRef(one.hash)).not.toBeNull();
        expect(await catalog.pictureRef(three.hash)).toBeNull();
        await catalog.takeOverBin([entry], [two]);
        await reopen();
        expect(await catalog.pictureRef(two.hash)).toBeNull();
      });

      test("a history keeps its ids, is added once, and what happens next comes after it", async () => {
        const change = (id: number, sku: string, brand: string) => ({
          ...{ id, sku, time: origin.time, kind: "changed" as const, source: "bulk" as const, job: "job-1" },
          fields: [{ field: "brand", before: "", after: brand }],
        });
        const both = [change(5_000, "A", "x"), change(5_001, "A", "y")];
        await catalog.takeOverChanges(both);
        await catalog.takeOverChanges(both);
        expect(await catalog.allChanges(0, 100)).toEqual(both);
        expect(await catalog.allChanges(5_000, 100)).toEqual(both.slice(1));
        expect(await catalog.change(5_001)).toEqual(both[1]);
        await create({ sku: "A" });
        await reopen();
        const [newest, ...rest] = await changesOf("A");
        expect(newest).toMatchObject({ kind: "added" });
        expect(newest?.id).toBeGreaterThan(5_001);
        expect(rest).toEqual(both.toReversed());
      });

      test("where two histories gave one id to two changes, both stay", async () => {
        await create({ sku: "A" });
        const [own] = await changesOf("A");
        if (own === undefined) throw new Error("no history");
        const other = { ...own, sku: "B", time: origin.time };
        for (let time = 0; time < 2; time++) await catalog.takeOverChanges([other]);
        expect(await changesOf("A")).toEqual([own]);
        expect(await changesOf("B")).toEqual([{ ...other, id: expect.any(Number) }]);
      });
    });

    describe("windows", () => {
      test("outlines of all products come page by page, whatever their SKUs are written with", async () => {
        const skus = ["b", "A-2", "ä", "A-10", "Z", "\u{1f4e6}", "\uffee"];
        for (const sku of skus)
          await create({ sku, name: `Thing ${sku}`, category: "x", price: "12.50", currency: "EUR" });
        await catalog.update("Z", { price: null, currency: null });
        const seen = [];
        for (let after: string | null = null; ; after = seen.at(-1)?.sku ?? null) {
          const some = await catalog.outlines(after, 3);
          expect(some.length).toBeLessThanOrEqual(3);
          seen.push(...some);
          if (some.length === 0) break;
        }
        expect(seen.map(({ sku }) => sku)).toEqual(await catalog.allSkus());
        expect(seen).toHaveLength(skus.length);
        const prices = { Z: { price: null, currency: null }, b: { price: "12.50", currency: "EUR" } };
        for (const [sku, money] of Object.entries(prices)) {
          expect(seen.find((one) => one.sku === sku)).toEqual({ sku, name: `Thing ${sku}`, category: "x", ...money });
        }
      });

      test("SKUs of what fits come in the query's order, from anywhere; pages without facets have the same products", async () => {
        for (const [at, name] of ["Tent 10", "Tent 9", "Boots", "Red tent"].entries()) {
          await create({ sku: `S-${at}`, name, brand: at % 2 === 0 ? "x" : "y" });
        }
        const query = (input: object) => productQuerySchema.parse(input);
        expect(await catalog.skus(query({}), { offset: 1, limit: 2 })).toEqual(["S-3", "S-1"]);
        expect(await catalog.skus(query({ text: "tent", order: "desc" }), { offset: 0, limit: 9 })).toEqual([
          "S-0",
          "S-1",
          "S-3",
        ]);
        expect(await catalog.skus(query({ text: "tent", sort: "relevance" }), { offset: 0, limit: 9 })).toHaveLength(3);
        expect(await catalog.skus(query({ text: "!!!" }), { offset: 0, limit: 9 })).toEqual([]);
        for (const input of [{}, { text: "tent" }, { brand: ["x"], sort: "sku" }, { text: "tent", brand: ["y"] }]) {
          const whole = await catalog.list(query({ ...input, page: 1, pageSize: 2 }));
          const bare = await catalog.list(query({ ...input, page: 1, pageSize: 2, facets: false }));
          expect(bare).toEqual({ ...whole, facets: { category: [], brand: [], indexState: [] } });
        }
      });
    });
  });
}
