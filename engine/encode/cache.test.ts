import { expect, test } from "vitest";
import { createEncodingCache } from "./cache.ts";

const encoding = (value: number) => ({ embedding: Float32Array.of(value), classes: [] });
const key = { picture: "p", view: "whole", fingerprint: "f" };

test("keeps encodings apart by picture, view and fingerprint", () => {
  const cache = createEncodingCache(10);
  cache.set(key, encoding(1));
  expect(cache.get({ ...key })?.embedding[0]).toBe(1);
  for (const other of [{ picture: "q" }, { view: "other" }, { fingerprint: "g" }]) {
    expect(cache.get({ ...key, ...other })).toBeUndefined();
  }
});

test("forgets what was used longest ago", () => {
  const cache = createEncodingCache(2);
  cache.set(key, encoding(1));
  cache.set({ ...key, picture: "q" }, encoding(2));
  cache.get(key);
  cache.set({ ...key, picture: "r" }, encoding(3));
  expect(cache.get(key)).toBeDefined();
  expect(cache.get({ ...key, picture: "q" })).toBeUndefined();
});

test("0 keeps nothing", () => {
  const cache = createEncodingCache(0);
  cache.set(key, encoding(1));
  expect(cache.get(key)).toBeUndefined();
});
