import { expect, test } from "vitest";
import { fingerprint } from "../fingerprint.ts";
import { type ExpectedModel, faultsOf, identityOf, type ModelDescription } from "./description.ts";

const identity = { model: "m", weights: "ab".repeat(32), precision: "fp32", preprocessing: "v1", dimensions: 4 };
const model: ModelDescription = {
  name: "m",
  versions: ["1"],
  maxBatchSize: 8,
  inputs: [{ name: "x", datatype: "UINT8", shape: [-1, 2, -1] }],
  outputs: [{ name: "y", datatype: "FP32", shape: [-1, 4] }],
  parameters: {
    fingerprint: fingerprint(identity),
    model: "m",
    weights_sha256: identity.weights,
    precision: "fp32",
    preprocessing: "v1",
    dimensions: "4",
    kind: "a",
  },
};
const expected: ExpectedModel = {
  inputs: [{ name: "x", datatype: "UINT8", shape: [2, null] }],
  outputs: [
    { name: "y", datatype: "FP32", shape: [4] },
    { name: "z", datatype: "INT32", shape: [1], optional: true },
  ],
  parameters: { kind: "a" },
};

test("a model that is as it should be has no faults, and states what its vectors are", () => {
  expect(faultsOf(model, expected)).toEqual([]);
  expect(identityOf(model)).toEqual({ fingerprint: fingerprint(identity), dimensions: 4 });
});

test.each<[string, Partial<ModelDescription>, RegExp]>([
  ["takes no batches", { maxBatchSize: 0 }, /takes no batches/],
  ["lacks its input", { inputs: [] }, /has no input `x`/],
  [
    "wants one more",
    { inputs: [...model.inputs, { name: "w", datatype: "FP32", shape: [-1] }] },
    /another input, `w` FP32/,
  ],
  [
    "has an input of another type",
    { inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2, -1] }] },
    /`x` FP32 \[-1, 2, -1\], not `x` UINT8 \[-1, 2, any\]/,
  ],
  ["has no batch in its shape", { outputs: [{ name: "y", datatype: "FP32", shape: [4] }] }, /output is `y` FP32 \[4\]/],
  [
    "has other dimensions",
    { outputs: [{ name: "y", datatype: "FP32", shape: [-1, 5] }] },
    /\[-1, 5\], not .* \[-1, 4\]/,
  ],
  [
    "has the optional output otherwise",
    { outputs: [...model.outputs, { name: "z", datatype: "FP32", shape: [-1, 1] }] },
    /`z` FP32/,
  ],
  ["has another parameter", { parameters: { kind: "b" } }, /its kind is b, not a/],
  ["has no parameters", { parameters: {} }, /its kind is not stated, not a/],
])("a model that %s is at fault", (_, change, words) => {
  const faults = faultsOf({ ...model, ...change }, expected);
  expect(faults.join("; ")).toMatch(words);
});

test("an identity that is not whole, or does not make its fingerprint, is none", () => {
  expect(() => identityOf({ ...model, parameters: { fingerprint: "x" } })).toThrow(
    /\(model, weights_sha256, precision/,
  );
  const parameters = { ...model.parameters, preprocessing: "v2" };
  expect(() => identityOf({ ...model, parameters })).toThrow(
    /state the fingerprint m-fp32-4-\w+, but make m-fp32-4-\w+/,
  );
});
