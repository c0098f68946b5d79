import { expect, test } from "vitest";
import type { Region } from "../../shared/contract/domain.ts";
import type { SearchRequest } from "../index/port.ts";
import { searchParts } from "./parts.ts";

const corner: Region = { x: 0, y: 0, width: 0.6, height: 0.6 };
const vectors = [
  { embedding: Float32Array.of(1, 0), part: null },
  { embedding: Float32Array.of(0, 1), part: corner },
];
/** Products by their only vector, searched exactly. */
const products: Record<string, readonly [number, number]> = { cup: [0.6, 0.8], hat: [0.78, 0.6258], mat: [0.28, 0.96] };
const asked: SearchRequest[] = [];
const collection = {
  async search(request: SearchRequest) {
    asked.push(request);
    return Object.entries(products)
      .map(([sku, vector]) => ({
        sku,
        similarity: vector[0] * (request.vector[0] ?? 0) + vector[1] * (request.vector[1] ?? 0),
        pictureHash: sku,
      }))
      .filter(({ sku }) => !request.filter?.excludeSkus?.includes(sku))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, request.limit);
  },
};
const ask = (limit: number, excludeSkus: string[] = []) =>
  searchParts(collection, vectors, { limit, filter: { excludeSkus }, signal: undefined });

test("each product by the part that looks most like it, the best first", async () => {
  const found = await ask(3);
  expect(found.map(({ sku, part }) => [sku, part])).toEqual([
    ["mat", corner],
    ["cup", corner],
    ["hat", null],
  ]);
  expect(found[2]?.similarity).toBeCloseTo(0.78);
});

test("no more products than asked for, and the filter holds for every part", async () => {
  expect((await ask(1)).map(({ sku }) => sku)).toEqual(["mat"]);
  expect((await ask(3, ["mat"])).map(({ sku }) => sku)).toEqual(["cup", "hat"]);
  expect(asked.every(({ filter }) => filter !== undefined)).toBe(true);
});
