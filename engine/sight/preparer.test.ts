import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Product } from "../../shared/contract/domain.ts";
import { startPreparer } from "./preparer.ts";

const product = (sku: string, ...hashes: string[]) =>
  ({ sku, pictures: hashes.map((hash) => ({ hash })) }) as unknown as Product;

function catalogueOf(products: Product[]) {
  return {
    allSkus: async () => products.map((one) => one.sku),
    getMany: async (skus: readonly string[]) => products.filter((one) => skus.includes(one.sku)),
    counts: async () => ({ pending: 0, indexed: products.length, failed: 0, total: products.length }),
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

test("prepares every picture once, goes on after one that fails, and takes up new ones", async () => {
  const products = [product("a", "a1", "a2"), product("b", "b1")];
  const asked: string[] = [];
  const logged: string[] = [];
  const preparer = startPreparer({
    catalog: catalogueOf(products),
    sight: {
      async prepare(hash) {
        asked.push(hash);
        if (hash === "a1") throw new Error("unreadable");
        return true;
      },
    },
    busy: () => false,
    log: (_, message) => logged.push(message),
    firstMs: 0,
    everyMs: 10,
  });
  await until(() => asked.length === 3);
  products.push(product("c", "c1", "b1"));
  await until(() => asked.length === 4);
  await sleep(60);
  await preparer.close();
  expect(asked).toEqual(["a1", "a2", "b1", "c1"]);
  expect(logged[0]).toContain("Picture a1 could not be prepared");
  expect(logged).toContain("2 catalogue pictures are prepared for comparing");
});

test("begins nothing while somebody waits for an answer, and stops when it is closed", async () => {
  let waiting = true;
  const asked: string[] = [];
  const preparer = startPreparer({
    catalog: catalogueOf([product("a", "a1", "a2")]),
    sight: {
      async prepare(hash) {
        asked.push(hash);
        await sleep(2000);
        return true;
      },
    },
    busy: () => waiting,
    log: () => {},
    firstMs: 0,
    everyMs: 10,
  });
  await sleep(300);
  expect(asked).toEqual([]);
  waiting = false;
  await until(() => asked.length === 1);
  await preparer.close();
  expect(asked).toEqual(["a1"]);
});
