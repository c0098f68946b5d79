import { expect, test } from "vitest";
import { productSchema } from "../../shared/contract/domain.ts";
import { articleKey, nameKey, pairKey, signsOf } from "./signs.ts";

const product = (sku: string, more: { name?: string; barcode?: string; hash?: string }) => {
  const time = "2026-01-01T00:00:00.000Z";
  const { hash } = more;
  const pictures = hash === undefined ? [] : [{ hash: hash.repeat(64), width: 1, height: 1, bytes: 1 }];
  return productSchema.parse({
    ...{ sku, name: more.name ?? sku, barcode: more.barcode ?? null, pictures },
    ...{ indexState: "indexed", indexReason: null, createdAt: time, updatedAt: time },
  });
};

test("a case and the article in it have one key, another article another", () => {
  // 4006381333931 in a case of indicator 1 is 14006381333938.
  expect(articleKey({ barcode: "14006381333938" })).toBe(articleKey({ barcode: "4006381333931" }));
  expect(articleKey({ barcode: "036000291452" })).toBe(articleKey({ barcode: "0036000291452" }));
  expect(articleKey({ barcode: "4006381333948" })).not.toBe(articleKey({ barcode: "4006381333931" }));
  expect(articleKey({ barcode: "ABC-1" })).toBeNull();
});

test("names say the same whatever their order, case and diacritics", () => {
  expect(nameKey({ name: "Crème brûlée", brand: "Bon" })).toBe(nameKey({ name: "Brulee, creme", brand: "BON" }));
  expect(nameKey({ name: "X", brand: "" })).toBeNull();
});

test("pairs share a picture, a name or an article; what many share is no sign", () => {
  const products = [
    product("A", { name: "Red boots", barcode: "4006381333931", hash: "a" }),
    product("B", { name: "boots, red", hash: "a" }),
    product("C", { name: "Tent", barcode: "14006381333938" }),
    ...Array.from({ length: 25 }, (_, n) => product(`N${n}`, { name: "Sample" })),
  ];
  const signs = signsOf(products);
  expect([...signs.samePicture]).toEqual([pairKey("B", "A")]);
  expect([...signs.sameName]).toEqual([pairKey("A", "B")]);
  expect([...signs.sameArticle]).toEqual([pairKey("C", "A")]);
});
