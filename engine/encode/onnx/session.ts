import { InferenceSession } from "onnxruntime-node";

/**
 * A session on the CPU. `threads`: cores that one inference may use. `asWritten`: graphs that may be quantised are
 * computed as they are written; fused to integer kernels, their FP16 scales come out wrong: INT8 vectors whose cosine to
 * the original is 0.98 then have 0.3 (ONNX Runtime 1.30).
 */
export function createSession(
  model: string,
  threads: number,
  { asWritten = false }: { asWritten?: boolean } = {},
): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that spin between inferences take the cores that decoding and the other workers need.
    extra: { session: { intra_op: { allow_spinning: "0" }, ...(asWritten ? { disable_quant_qdq: "1" } : {}) } },
    // Of scales in FP16 it says for each, at each load, that it can't fold them beforehand.
    logSeverityLevel: 3,
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
