import type { InferReply } from "./codec.ts";
import type { ExpectedTensor } from "./description.ts";

/** How far from 1 the length of a vector may be that a model calls normalised. */
const LENGTH_TOLERANCE = 1e-3;

/**
 * Checks a reply's tensors against what was asked for: types, shapes, numbers, and embeddings of length 1.
 * @param rows items of the request
 * @throws Error that says what is wrong
 */
export function checkOutputs(outputs: InferReply["outputs"], expected: readonly ExpectedTensor[], rows: number): void {
  for (const { name, datatype, shape, optional } of expected) {
    const given = outputs.get(name);
    if (given === undefined && optional) continue;
    const wanted = [rows, ...shape];
    const sides = given?.shape ?? [];
    if (
      given?.datatype !== datatype ||
      sides.length !== wanted.length ||
      !wanted.every((side, n) => side === null || side === sides[n])
    ) {
      const came = given === undefined ? "not at all" : `as ${given.datatype} [${sides.join(", ")}]`;
      throw new Error(`its output \`${name}\` came ${came}, not as ${datatype} [${wanted.join(", ")}]`);
    }
    if (given.data instanceof Float32Array && !given.data.every(Number.isFinite)) {
      throw new Error(`its output \`${name}\` has values that are no numbers`);
    }
  }
}

/**
 * The rows of an output float32 [n, dimensions], each its own memory.
 * @throws Error where a row's length is not 1: vectors that are not normalised would rank wrongly without a word
 */
export function embeddingRows(outputs: InferReply["outputs"], dimensions: number): Float32Array[] {
  const rows = outputs.get("embedding")?.data as Float32Array;
  return Array.from({ length: rows.length / dimensions }, (_, n) => {
    const row = rows.slice(n * dimensions, (n + 1) * dimensions);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (Math.abs(length - 1) > LENGTH_TOLERANCE) {
      throw new Error(`an embedding has the length ${length.toFixed(4)}, not 1`);
    }
    return row;
  });
}
