import { expect, it } from "vitest";
import { addToSignature, bitsOf, hasBits, SIGNATURE_BYTES } from "./signature.ts";

it("finds every part of what was noted, and next to nothing else", () => {
  const signature = new Uint8Array(SIGNATURE_BYTES);
  const words = Array.from({ length: 512 }, (_, i) => `photo-${i * 37}.jpg: match, SKU-${i * 91} in ${i} ms`);
  for (const word of words) addToSignature(signature, word);
  for (const word of words) {
    for (const part of [word, word.toUpperCase(), word.slice(3, 9), word.slice(-2), word.slice(2, 3)]) {
      expect(hasBits(signature, bitsOf(part)), part).toBe(true);
    }
  }
  const strange = Array.from({ length: 1000 }, (_, i) => `zq${(i * 7919).toString(36)}xv`);
  expect(strange.filter((text) => hasBits(signature, bitsOf(text))).length).toBeLessThan(5);
});

it("takes a text that is too long to note for one that has everything", () => {
  const signature = new Uint8Array(SIGNATURE_BYTES);
  addToSignature(signature, "a".repeat(30_000));
  expect(hasBits(signature, bitsOf("never written"))).toBe(true);
});
