import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Collection, IndexFilter, Point, VectorIndex } from "./port.ts";
import { imageOf, imagePoint, near, product, SPEC, textOf } from "./test-points.ts";

/**
 * What every adapter of the vector index does alike; one suite, run against each. It is one long list on purpose: a
 * reader of the port finds every promise of it here.
 *
 * @param openIndex opens the index of a folder: the same folder again is the same index
 */
export function describeVectorIndex(adapter: string, openIndex: (folder: string) => Promise<VectorIndex>): void {
  describe(`vector index: ${adapter}`, () => {
    let folder: string;
    let index: VectorIndex;
    let collection: Collection;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "shelfmatch-index-"));
      index = await openIndex(folder);
      collection = await index.open(SPEC);
    });
    afterEach(async () => {
      await index.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function reopen(): Promise<void> {
      await index.close();
      index = await openIndex(folder);
      collection = await index.open(SPEC);
    }
    const byImage = (seed: number, filter: IndexFilter = {}, limit = 10) =>
      collection.search({ name: "image", vector: imageOf(seed), limit, filter });
    const skusOf = async (filter: IndexFilter) => (await byImage(1, filter)).map(({ sku }) => sku).sort();

    describe("writing and searching", () => {
      test("finds a product by its picture and by its text, with the cosine", async () => {
        await collection.replaceProducts([product("A", 1), product("B", 2), product("C", 3)]);
        const [byPicture] = await byImage(2);
        expect(byPicture).toMatchObject({ sku: "B", pictureHash: "p1" });
        expect(byPicture?.similarity).toBeCloseTo(1, 2);
        const words = await collection.search({ name: "text", vector: textOf(3), limit: 1 });
        expect(words).toMatchObject([{ sku: "C", pictureHash: null }]);
        const off = await collection.search({ name: "image", vector: near(imageOf(1), 0.8), limit: 1 });
        expect(off[0]?.sku).toBe("A");
        expect(off[0]?.similarity).toBeCloseTo(0.8, 2);
      });

      test("the names are apart: a picture is not found among the texts", async () => {
        await collection.replaceProducts([{ sku: "A", points: [imagePoint("A", imageOf(1))] }]);
        expect(await collection.search({ name: "text", vector: textOf(1), limit: 5 })).toEqual([]);
        expect(await collection.count()).toEqual({ image: 1, text: 0 });
      });

      test("an empty index answers with nothing", async () => {
        expect(await byImage(1)).toEqual([]);
        expect(await collection.count()).toEqual({ image: 0, text: 0 });
        expect(await collection.skus()).toEqual(new Set());
        await collection.replaceProducts([]);
        await collection.deleteProducts(["nobody"]);
      });

      test("the opposite direction has similarity -1", async () => {
        await collection.replaceProducts([product("A", 1)]);
        const vector = imageOf(1).map((value) => -value);
        const [hit] = await collection.search({ name: "image", vector, limit: 1 });
        expect(hit?.similarity).toBeCloseTo(-1, 2);
        expect(hit?.similarity).toBeGreaterThanOrEqual(-1);
      });
    });

    describe("several vectors a product", () => {
      test("one hit a product, by its best vector", async () => {
        const wanted = imageOf(1);
        await collection.replaceProducts([
          {
            sku: "A",
            points: [0.5, 0.9, 0.7].map((cosine, view) =>
              imagePoint("A", near(wanted, cosine), { hash: `p${view}`, view }),
            ),
          },
          { sku: "B", points: [imagePoint("B", near(wanted, 0.8))] },
        ]);
        const hits = await collection.search({ name: "image", vector: wanted, limit: 10 });
        expect(hits.map(({ sku, pictureHash }) => [sku, pictureHash])).toEqual([
          ["A", "p1"],
          ["B", "p1"],
        ]);
        expect(hits.map(({ similarity }) => Math.round(similarity * 100))).toEqual([90, 80]);
      });

      test("as many products as asked for, though one has all of the nearest vectors", async () => {
        const wanted = imageOf(1);
        const crowd = Array.from({ length: 300 }, (_, view) => imagePoint("crowd", near(wanted, 0.95, view), { view }));
        await collection.replaceProducts([
          { sku: "crowd", points: crowd },
          ...Array.from({ length: 20 }, (_, n) => product(`P${n}`, n + 10)),
        ]);
        const hits = await collection.search({ name: "image", vector: wanted, limit: 5 });
        expect(hits).toHaveLength(5);
        expect(new Set(hits.map(({ sku }) => sku)).size).toBe(5);
        expect(hits[0]?.sku).toBe("crowd");
      });

      test("and though many have crowds of near vectors", async () => {
        const wanted = imageOf(1);
        const crowds = Array.from({ length: 12 }, (_, n) => ({
          sku: `crowd-${n}`,
          points: Array.from({ length: 30 }, (_, view) =>
            imagePoint(`crowd-${n}`, near(wanted, 0.98 - n / 50, n * 100 + view), { view }),
          ),
        }));
        await collection.replaceProducts([
          ...crowds,
          ...Array.from({ length: 20 }, (_, n) => product(`P${n}`, n + 10)),
        ]);
        const hits = await collection.search({ name: "image", vector: wanted, limit: 20 });
        expect(hits.slice(0, 12).map(({ sku }) => sku)).toEqual(crowds.map(({ sku }) => sku));
        expect(new Set(hits.map(({ sku }) => sku)).size).toBe(20);
      });

      test("best first, no more than asked for", async () => {
        await collection.replaceProducts(Array.from({ length: 50 }, (_, n) => product(`P${n}`, n)));
        const hits = await byImage(7, {}, 12);
        expect(hits).toHaveLength(12);
        expect(hits[0]?.sku).toBe("P7");
        expect(hits.map(({ similarity }) => similarity)).toEqual(
          hits.map(({ similarity }) => similarity).sort((a, b) => b - a),
        );
      });
    });

    describe("replacing and deleting", () => {
      test("gives back what was written, as it is stored", async () => {
        const priced = product("B", 2, { category: "Boots", brand: "Acme", price: 12.5, currency: "EUR" });
        await collection.replaceProducts([product("A", 1), priced]);
        const found = await collection.read(["B", "nobody", "A"]);
        expect(found.map(({ sku }) => sku)).toEqual(["B", "A"]);
        const byId = (points: readonly Point[]) => points.toSorted((a, b) => a.id.localeCompare(b.id));
        const [stored, given] = [byId(found[0]?.points ?? []), byId(priced.points)];
        expect(stored.map(({ id, payload }) => ({ id, payload }))).toEqual(
          given.map(({ id, payload }) => ({ id, payload })),
        );
        for (const [at, { vector }] of stored.entries()) {
          expect(vector.name).toBe(given[at]?.vector.name);
          const cosine = vector.values.reduce((sum, value, i) => sum + value * (given[at]?.vector.values[i] ?? 0), 0);
          expect(cosine).toBeCloseTo(1, 3);
        }
        // What is read can be written again, and stays what it is.
        await collection.replaceProducts(found);
        expect(await collection.count()).toEqual({ image: 2, text: 2 });
        expect(await collection.read([])).toEqual([]);
      });

      test("a product's vectors become exactly the new ones", async () => {
        await collection.replaceProducts([
          { sku: "A", points: [0, 1, 2].map((view) => imagePoint("A", imageOf(view), { view })) },
        ]);
        await collection.replaceProducts([{ sku: "A", points: [imagePoint("A", imageOf(9), { view: 1 })] }]);
        expect(await collection.count()).toEqual({ image: 1, text: 0 });
        const [hit] = await byImage(0);
        expect(hit?.similarity).toBeLessThan(0.9);
        expect((await byImage(9))[0]?.similarity).toBeCloseTo(1, 2);
      });

      test("writing the same again changes nothing", async () => {
        for (let time = 0; time < 3; time += 1) await collection.replaceProducts([product("A", 1), product("B", 2)]);
        expect(await collection.count()).toEqual({ image: 2, text: 2 });
        expect(await byImage(1)).toHaveLength(2);
      });

      test("of a product that is named twice in one call, the last counts", async () => {
        await collection.replaceProducts([product("A", 1), product("B", 2), product("A", 3)]);
        expect(await collection.count()).toEqual({ image: 2, text: 2 });
        expect((await byImage(3))[0]).toMatchObject({ sku: "A" });
        expect((await byImage(3))[0]?.similarity).toBeCloseTo(1, 2);
      });

      test("points of the same id in two products are two points", async () => {
        const point = (sku: string, seed: number) => ({ ...imagePoint(sku, imageOf(seed)), id: "p1/0" });
        await collection.replaceProducts([
          { sku: "A", points: [point("A", 1)] },
          { sku: "B", points: [point("B", 2)] },
        ]);
        expect(await collection.skus()).toEqual(new Set(["A", "B"]));
        await collection.deleteProducts(["A"]);
        expect((await byImage(1)).map(({ sku }) => sku)).toEqual(["B"]);
      });

      test("while a product is written anew, it is found all the time", async () => {
        const others = Array.from({ length: 30 }, (_, n) => product(`P${n}`, n + 10));
        await collection.replaceProducts([product("A", 1), ...others]);
        let writing = true;
        const writes = (async () => {
          // Its picture changes, and with it the ids of its points.
          for (let n = 0; n < 25; n += 1) {
            const view = imagePoint("A", near(imageOf(1), 0.99, n), { hash: `h${n}` });
            await collection.replaceProducts([{ sku: "A", points: [view] }]);
          }
        })().finally(() => {
          writing = false;
        });
        const found = new Set<string | undefined>();
        while (writing) found.add((await byImage(1, {}, 1))[0]?.sku);
        await writes;
        expect(found).toEqual(new Set(["A"]));
        expect(await collection.count()).toEqual({ image: 31, text: 30 });
      });

      test("a changed price or category is what filters see", async () => {
        await collection.replaceProducts([product("A", 1, { category: "Shoes", price: 10 })]);
        await collection.replaceProducts([product("A", 1, { category: "Boots", price: 20 })]);
        expect(await byImage(1, { category: ["Shoes"] })).toEqual([]);
        expect(await byImage(1, { category: ["Boots"], priceMin: 15 })).toHaveLength(1);
      });

      test("a product without vectors is gone", async () => {
        await collection.replaceProducts([product("A", 1), product("B", 2)]);
        await collection.replaceProducts([{ sku: "A", points: [] }]);
        expect(await collection.skus()).toEqual(new Set(["B"]));
      });

      test("deleted products are not found again, also after reopening", async () => {
        await collection.replaceProducts([product("A", 1), product("B", 2), product("C", 3)]);
        await collection.deleteProducts(["A", "C", "nobody"]);
        expect((await byImage(1)).map(({ sku }) => sku)).toEqual(["B"]);
        await reopen();
        expect((await byImage(1)).map(({ sku }) => sku)).toEqual(["B"]);
        expect(await collection.skus()).toEqual(new Set(["B"]));
        expect(await collection.count()).toEqual({ image: 1, text: 1 });
      });

      test("a deleted product can come back", async () => {
        await collection.replaceProducts([product("A", 1)]);
        await collection.deleteProducts(["A"]);
        await collection.replaceProducts([product("A", 4)]);
        expect((await byImage(4))[0]?.similarity).toBeCloseTo(1, 2);
      });

      test("any SKU goes: quotes, slashes, spaces, other scripts", async () => {
        const skus = ["it's", 'a"b', "back\\slash", "x/y z", "é€漢字", "%_*", "' or sku != '"];
        await collection.replaceProducts(skus.map((sku, n) => product(sku, n)));
        for (const [n, sku] of skus.entries()) expect((await byImage(n))[0]?.sku).toBe(sku);
        await collection.deleteProducts(skus.slice(1));
        expect(await collection.skus()).toEqual(new Set(["it's"]));
      });
    });

    describe("filters", () => {
      const nasty = ["it's", "back\\slash", 'say "so"', "é€漢字", "' or '1'='1", "new\nline"];
      beforeEach(() =>
        collection.replaceProducts([
          product("shoe-10", 1, { category: "Shoes", brand: "Aigle", price: 10, currency: "EUR" }),
          product("shoe-20", 2, { category: "Shoes", brand: "Brooks", price: 20, currency: "EUR" }),
          product("bag-30", 3, { category: "Bags", brand: "Aigle", price: 30, currency: "USD" }),
          product("bare", 4),
          ...nasty.map((category, n) => product(`nasty-${n}`, 10 + n, { category, price: 1000 })),
        ]),
      );

      test.each([
        [{ category: ["Shoes"] }, ["shoe-10", "shoe-20"]],
        [{ category: ["Shoes", "Bags"] }, ["bag-30", "shoe-10", "shoe-20"]],
        [{ brand: ["Aigle"] }, ["bag-30", "shoe-10"]],
        [{ category: ["Shoes"], brand: ["Aigle", "Nobody"] }, ["shoe-10"]],
        [{ category: ["shoes"] }, []],
        [{ category: [""] }, ["bare"]],
        [{ priceMin: 10, priceMax: 20 }, ["shoe-10", "shoe-20"]],
        [{ priceMin: 20.01, priceMax: 999 }, ["bag-30"]],
        [{ priceMax: 10 }, ["shoe-10"]],
        [{ priceMin: 1e9 }, []],
        [{ currency: "USD" }, ["bag-30"]],
        [{ currency: "EUR", priceMin: 15 }, ["shoe-20"]],
        [{ brand: ["Aigle"], excludeSkus: ["bag-30"] }, ["shoe-10"]],
      ] satisfies [IndexFilter, string[]][])("%j", async (filter, expected) => {
        expect(await skusOf(filter)).toEqual(expected);
      });

      test("a filter without values asks for nothing", async () => {
        expect(await byImage(1, { category: [], brand: [], excludeSkus: [] }, 50)).toHaveLength(4 + nasty.length);
      });

      test.each(nasty)("category %j is found as it is", async (category) => {
        expect(await skusOf({ category: [category] })).toEqual([`nasty-${nasty.indexOf(category)}`]);
      });

      test("excluded products leave room for the next ones", async () => {
        const hits = await byImage(1, { excludeSkus: ["shoe-10"] }, 3);
        expect(hits).toHaveLength(3);
        expect(hits.map(({ sku }) => sku)).not.toContain("shoe-10");
      });

      test("the few that pass are found among many that don't", async () => {
        const many = Array.from({ length: 600 }, (_, n) => product(`M${n}`, 100 + n, { category: "Many" }));
        await collection.replaceProducts(many);
        expect(await skusOf({ category: ["Bags"] })).toEqual(["bag-30"]);
      });
    });

    describe("collections", () => {
      const other = { ...SPEC, image: { fingerprint: "pictures-2", dimensions: 16 } };

      test("what was written is there after reopening", async () => {
        await collection.replaceProducts(Array.from({ length: 200 }, (_, n) => product(`P${n}`, n, { price: n })));
        const before = await byImage(42, { priceMax: 150 });
        await reopen();
        expect(await collection.count()).toEqual({ image: 200, text: 200 });
        expect(await byImage(42, { priceMax: 150 })).toEqual(before);
      });

      test("vectors of different fingerprints never meet", async () => {
        await collection.replaceProducts([product("A", 1)]);
        const beside = await index.open(other);
        expect(await beside.search({ name: "image", vector: imageOf(1), limit: 5 })).toEqual([]);
        await beside.replaceProducts([product("B", 1)]);
        expect((await byImage(1)).map(({ sku }) => sku)).toEqual(["A"]);
        expect(beside.spec).toEqual(other);
      });

      test("collections are listed, and dropped for good", async () => {
        await (await index.open(other)).replaceProducts([product("B", 1)]);
        expect(await index.list()).toHaveLength(2);
        expect(await index.list()).toContainEqual(other);
        await index.drop(other);
        expect(await index.list()).toEqual([SPEC]);
        await reopen();
        expect(await index.list()).toEqual([SPEC]);
        expect(await (await index.open(other)).count()).toEqual({ image: 0, text: 0 });
      });

      test("the one that is searched is named, in one step, and stays so", async () => {
        expect(await index.active()).toBeNull();
        await index.activate(SPEC);
        expect(await index.active()).toEqual(SPEC);
        await index.activate(other);
        await index.activate(other);
        expect(await index.active()).toEqual(other);
        await reopen();
        expect(await index.active()).toEqual(other);
        expect(await index.list()).toHaveLength(2);
        await index.drop(SPEC);
        expect(await index.active()).toEqual(other);
        await index.drop(other);
        expect(await index.active()).toBeNull();
        await index.drop(other);
        expect(await index.list()).toEqual([]);
      });

      test("opening twice gives the same vectors", async () => {
        const [one, two] = await Promise.all([index.open(SPEC), index.open(SPEC)]);
        await one.replaceProducts([product("A", 1)]);
        expect(await two.count()).toEqual({ image: 1, text: 1 });
      });

      test.each(["search", "replaceProducts"] as const)("%s refuses a vector of another length", async (call) => {
        const values = imageOf(1).slice(1);
        const attempt =
          call === "search"
            ? collection.search({ name: "image", vector: values, limit: 1 })
            : collection.replaceProducts([product("A", 1), { sku: "B", points: [imagePoint("B", values)] }]);
        await expect(attempt).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
        expect(await collection.skus()).toEqual(new Set());
      });
    });

    describe("under load", () => {
      test("concurrent writes and searches agree in the end", async () => {
        const writes = Array.from({ length: 20 }, (_, n) =>
          collection.replaceProducts(Array.from({ length: 10 }, (_, k) => product(`W${n}-${k}`, n * 10 + k))),
        );
        const searches = Array.from({ length: 60 }, (_, n) => byImage(n));
        const same = Array.from({ length: 20 }, (_, n) => collection.replaceProducts([product("same", 1000 + n)]));
        // Other points each time: what is left at the end is all of one writing and nothing of another.
        const pictures = Array.from({ length: 20 }, (_, n) =>
          collection.replaceProducts([
            {
              sku: "pictures",
              points: [0, 1, 2].map((view) => imagePoint("pictures", imageOf(n), { hash: `h${n}`, view })),
            },
          ]),
        );
        await Promise.all([...writes, ...searches, ...same, ...pictures]);
        expect(await collection.count()).toEqual({ image: 204, text: 201 });
        for (const seed of [0, 55, 199]) expect((await byImage(seed))[0]?.similarity).toBeCloseTo(1, 2);
      });

      test("a search that nobody waits for any more is cancelled", async () => {
        await collection.replaceProducts([product("A", 1)]);
        const signal = AbortSignal.abort();
        await expect(collection.search({ name: "image", vector: imageOf(1), limit: 1, signal })).rejects.toMatchObject({
          code: "CANCELLED",
        });
      });

      test("closing lets begun calls end and refuses later ones", async () => {
        const writing = collection.replaceProducts(Array.from({ length: 100 }, (_, n) => product(`P${n}`, n)));
        const searching = Array.from({ length: 20 }, () => byImage(1));
        const closing = index.close();
        const settled = await Promise.allSettled([writing, ...searching]);
        await closing;
        for (const outcome of settled) {
          if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "ENGINE_GONE" });
        }
        await expect(byImage(1)).rejects.toMatchObject({ code: "ENGINE_GONE" });
        await expect(collection.replaceProducts([product("A", 1)])).rejects.toMatchObject({ code: "ENGINE_GONE" });
        expect(await index.health()).toMatchObject({ state: "down" });
        await index.close();
        index = await openIndex(folder);
        collection = await index.open(SPEC);
        const { image } = await collection.count();
        expect(image).toBe(settled[0]?.status === "fulfilled" ? 100 : image);
      });

      test("says that it is well", async () => {
        expect(await index.health()).toMatchObject({ state: "ready" });
      });
    });
  });
}
