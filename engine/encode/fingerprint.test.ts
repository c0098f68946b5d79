import { expect, test } from "vitest";
import { type EncoderIdentity, fingerprint, hashFiles } from "./fingerprint.ts";

const identity: EncoderIdentity = {
  model: "efficientnet-lite0",
  weights: "00ff",
  precision: "fp16w",
  preprocessing: "v1",
  dimensions: 1280,
};

test("reads as model, precision and dimensions, and stays the same", () => {
  expect(fingerprint(identity)).toMatch(/^efficientnet-lite0-fp16w-1280-[0-9a-f]{8}$/);
  expect(fingerprint({ ...identity })).toBe(fingerprint(identity));
});

test.each(["model", "weights", "precision", "preprocessing"] as const)("changes with %s", (part) => {
  expect(fingerprint({ ...identity, [part]: "other" }).slice(-8)).not.toBe(fingerprint(identity).slice(-8));
});

test("hashes files in order", async () => {
  const here = import.meta.filename;
  const once = await hashFiles(here);
  expect(once).toMatch(/^[0-9a-f]{64}$/);
  expect(await hashFiles(here, here)).not.toBe(once);
});
