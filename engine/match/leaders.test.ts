import { expect, test } from "vitest";
import type { Product } from "../../shared/contract/domain.ts";
import { blankEvidence, type Evidence } from "./evidence.ts";
import { addCompared, type Compared, picturesToCompare } from "./leaders.ts";

const leader = (sku: string, pictureHash: string | null): Evidence => ({ ...blankEvidence(sku), pictureHash });
const withPictures = (...hashes: string[]) => ({
  pictures: hashes.map((hash) => ({ hash })) as unknown as Product["pictures"],
});
const seen = (inliers: number, same: number | null = null, surrounded = false): Compared => ({
  ...{ inliers, points: [], agreement: null, differences: null, same, surrounded },
});

test("every product's nearest picture first, then the others of the first products, not without bound", () => {
  const known = new Map([["a", withPictures("a1", "a2")]]);
  expect(picturesToCompare([leader("a", "a2"), leader("b", "b1"), leader("c", null)], known)).toEqual([
    { sku: "a", hash: "a2" },
    { sku: "b", hash: "b1" },
    { sku: "a", hash: "a1" },
  ]);
  const many = Array.from({ length: 24 }, (_, i) => leader(`${i}`, `${i}-0`));
  const all = new Map(
    many.map(({ sku }) => [sku, withPictures(...Array.from({ length: 30 }, (_, n) => `${sku}-${n}`))]),
  );
  const chosen = picturesToCompare(many, all);
  expect(chosen.length).toBeLessThanOrEqual(48);
  expect(chosen.filter(({ sku }) => sku === "0")).toHaveLength(4);
  expect(chosen.filter(({ sku }) => sku === "20")).toHaveLength(1);
});

test("a product is what its best picture says, and keeps its nearest where none agrees", () => {
  const pool = new Map([
    ["a", leader("a", "a2")],
    ["b", leader("b", "b1")],
    ["c", leader("c", "c1")],
  ]);
  const pictures = ["a2", "b1", "c1", "a1", "b2"].map((hash) => ({ sku: hash.charAt(0), hash }));
  addCompared(pool, pictures, [seen(7), seen(0), null, seen(30), seen(0)]);
  expect(pool.get("a")).toMatchObject({ pictureHash: "a1", inliers: 30 });
  expect(pool.get("b")).toMatchObject({ pictureHash: "b1", inliers: 0 });
  expect(pool.get("c")).toMatchObject({ pictureHash: "c1", inliers: null });
});

test("a product's first picture is compared although it is another that the search brought up, and not two times", () => {
  const products = Array.from({ length: 12 }, (_, i) => leader(`${i}`, `${i}-2`));
  const all = new Map(products.map(({ sku }) => [sku, withPictures(`${sku}-0`, `${sku}-1`, `${sku}-2`)]));
  const chosen = picturesToCompare(products, all).map(({ hash }) => hash);
  expect(chosen.slice(12, 24)).toEqual(products.map(({ sku }) => `${sku}-0`));
  expect(new Set(chosen).size).toBe(chosen.length);
  expect(chosen).toContain("7-1");
  expect(chosen).not.toContain("8-1");
});

test("a picture of the same print says more than one with more points", () => {
  const pool = new Map([["a", leader("a", "a2")]]);
  const pictures = ["a2", "a1"].map((hash) => ({ sku: "a", hash }));
  addCompared(pool, pictures, [seen(60, -4, true), seen(20, 1)]);
  expect(pool.get("a")).toMatchObject({ pictureHash: "a1", inliers: 20, same: 1, surrounded: true });
});
