import { expect, test } from "vitest";
import { decodeReply, encodeRequest } from "./codec.ts";

/** Outputs as a server would send them, of the same layout as a request's inputs. */
function reply(outputs: { name: string; datatype: string; shape: number[]; data: Uint8Array }[]) {
  const header = Buffer.from(
    JSON.stringify({
      model_name: "m",
      model_version: "3",
      outputs: outputs.map(({ data, ...output }) => ({ ...output, parameters: { binary_data_size: data.length } })),
    }),
  );
  return { length: String(header.length), body: Buffer.concat([header, ...outputs.map(({ data }) => data)]) };
}
const bytes = (values: Float32Array | BigInt64Array | Int32Array) => new Uint8Array(values.buffer);

test("a request is its JSON and then the bytes of each tensor, part behind part", () => {
  const { headerLength, body } = encodeRequest(
    [
      { name: "a", datatype: "UINT8", shape: [2, 2], data: [Uint8Array.of(1, 2), Uint8Array.of(3, 4)] },
      { name: "b", datatype: "INT64", shape: [1], data: [BigInt64Array.of(-2n)] },
    ],
    { priority: 1 },
  );
  expect(JSON.parse(body.subarray(0, headerLength).toString())).toEqual({
    inputs: [
      { name: "a", datatype: "UINT8", shape: [2, 2], parameters: { binary_data_size: 4 } },
      { name: "b", datatype: "INT64", shape: [1], parameters: { binary_data_size: 8 } },
    ],
    parameters: { priority: 1, binary_data_output: true },
  });
  expect([...body.subarray(headerLength)]).toEqual([1, 2, 3, 4, 254, 255, 255, 255, 255, 255, 255, 255]);
});

test("a part of a larger buffer is sent as that part alone", () => {
  const data = [Float32Array.of(1, 2, 3).subarray(1, 2)];
  const { headerLength, body } = encodeRequest([{ name: "a", datatype: "FP32", shape: [1], data }]);
  expect(body.subarray(headerLength).readFloatLE()).toBe(2);
  expect(body).toHaveLength(headerLength + 4);
});

test("a reply's tensors come out whole, wherever they lie in it", () => {
  const { length, body } = reply([
    { name: "u", datatype: "UINT8", shape: [3], data: Uint8Array.of(7, 8, 9) },
    { name: "f", datatype: "FP32", shape: [2, 1], data: bytes(Float32Array.of(0.5, -2)) },
    { name: "i", datatype: "INT32", shape: [1], data: bytes(Int32Array.of(-5)) },
    { name: "l", datatype: "INT64", shape: [1], data: bytes(BigInt64Array.of(2n ** 40n)) },
    { name: "none", datatype: "FP32", shape: [0, 4], data: new Uint8Array(0) },
  ]);
  // A body that begins at an odd address.
  const shifted = new Uint8Array(body.length + 1).subarray(1);
  shifted.set(body);
  const { modelVersion, outputs } = decodeReply(shifted, length);
  expect(modelVersion).toBe("3");
  expect(outputs.get("u")?.data).toEqual(Uint8Array.of(7, 8, 9));
  expect(outputs.get("f")).toEqual({ datatype: "FP32", shape: [2, 1], data: Float32Array.of(0.5, -2) });
  expect(outputs.get("i")?.data).toEqual(Int32Array.of(-5));
  expect(outputs.get("l")?.data).toEqual(BigInt64Array.of(2n ** 40n));
  expect(outputs.get("none")?.data).toHaveLength(0);
});

const good = reply([{ name: "f", datatype: "FP32", shape: [2], data: bytes(Float32Array.of(1, 2)) }]);
const withHeader = (change: (header: { outputs: Record<string, unknown>[] }) => void) => {
  const header = JSON.parse(good.body.subarray(0, Number(good.length)).toString());
  change(header);
  const text = Buffer.from(JSON.stringify(header));
  return { length: String(text.length), body: Buffer.concat([text, good.body.subarray(Number(good.length))]) };
};
const first = (change: Record<string, unknown>) => withHeader(({ outputs }) => Object.assign(outputs[0] ?? {}, change));

test.each([
  ["no length of the JSON", { length: undefined, body: good.body }, /has no JSON/],
  ["a length that is no number", { length: "many", body: good.body }, /can't have many of JSON/],
  ["a negative length", { length: "-3", body: good.body }, /can't have -3/],
  ["a length beyond the end", { length: "100000", body: good.body }, /can't have 100000/],
  ["an empty body", { length: undefined, body: Buffer.alloc(0) }, /of 0 bytes/],
  ["a list in the place of the JSON", { length: "2", body: Buffer.from("[]") }, /no inference reply/],
  ["an unknown type", first({ datatype: "FP8" }), /no inference reply/],
  ["a negative side", first({ shape: [-1, 2] }), /no inference reply/],
  ["values as JSON", first({ parameters: undefined, data: [1, 2] }), /no inference reply/],
  ["a size that is not the shape's", first({ shape: [3] }), /`f` FP32 \[3\] came in 8 bytes/],
  ["a size beyond the end", first({ shape: [4], parameters: { binary_data_size: 16 } }), /ends within `f`/],
  ["bytes that are left over", first({ shape: [1], parameters: { binary_data_size: 4 } }), /4 bytes that belong to no/],
])("refuses a reply with %s", (_, { length, body }, words) => {
  expect(() => decodeReply(body, length)).toThrow(words);
});
