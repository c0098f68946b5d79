import { InferenceSession } from "onnxruntime-node";

/** A session on the CPU. `threads`: cores that one inference may use. */
export function createSession(model: string, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that spin between inferences take the cores that decoding and the other workers need.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
}

/** Divides each row of `rows` [n, width] by its Euclidean length, in place. A row of zeros stays. */
export function normaliseRows(rows: Float32Array, width: number): Float32Array {
  for (let start = 0; start < rows.length; start += width) {
    let squares = 0;
    for (let i = start; i < start + width; i++) squares += (rows[i] ?? 0) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = start; i < start + width; i++) rows[i] = (rows[i] ?? 0) * scale;
  }
  return rows;
}
