import sharp from "sharp";
import { expect, test } from "vitest";
import { askOf } from "./baseline.ts";
import { hashOfGrey, hashSimilarity, pHash } from "./phash.ts";

const hex = ([high, low]: readonly [number, number]) =>
  [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");

test("the hash is imagehash's of the same grey pixels", () => {
  // imagehash.phash's own steps in SciPy: dct(dct(pixels, axis=0), axis=1)[:8, :8] > median, row by row.
  const grey = Uint8Array.from({ length: 32 * 32 }, (_, i) => {
    const [x, y] = [i % 32, Math.floor(i / 32)];
    return (7 * x * x + 13 * y * y + 5 * x * y + 29 * x) % 256;
  });
  expect(hex(hashOfGrey(grey))).toBe("95c5990fd57ca2a2");
});

test("similarity is the share of equal bits", () => {
  expect(hashSimilarity([0xffffffff, 0], [0xffffffff, 0])).toBe(1);
  expect(hashSimilarity([0xffffffff, 0], [0, 0xffffffff])).toBe(0);
  expect(hashSimilarity([0b1011, 0], [0b0001, 0])).toBe(62 / 64);
});

test("a smaller, darker copy hashes alike, another picture does not", async () => {
  const shapes = (angle: number) =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="#eee"/><g transform="rotate(${angle} 150 150)"><rect x="30" y="60" width="110" height="60" fill="#333"/><circle cx="210" cy="200" r="60" fill="#888"/></g></svg>`,
    );
  const original = await pHash(sharp(shapes(0)));
  const copy = await pHash(sharp(await sharp(shapes(0)).resize(120).linear(0.7, 0).jpeg().toBuffer()));
  const other = await pHash(sharp(shapes(90)));
  expect(hashSimilarity(original, copy)).toBeGreaterThan(0.9);
  expect(hashSimilarity(original, other)).toBeLessThan(0.8);
});

test("products answer by their best picture; of equals the right one comes last", () => {
  const pictures = ["a", "a", "b", "c"].map((sku, place) => ({ sku, hash: String(place) }));
  const similarities = Float64Array.of(0.2, 0.8, 0.8, 0.5);
  expect(askOf(similarities, pictures, "a", new Set())).toMatchObject({ rank: 2, presence: 0.8, own: 0.8 });
  expect(askOf(similarities, pictures, "a", new Set(["b"]))).toMatchObject({ rank: 1, first: "a" });
  expect(askOf(similarities, pictures, null, new Set(["a", "b"]))).toMatchObject({
    rank: null,
    first: "c",
    presence: 0.5,
  });
  expect(askOf(similarities, pictures, "d", new Set())).toMatchObject({ rank: null, own: null });
});
