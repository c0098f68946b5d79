import { solveLinear } from "../lib/linear.ts";

/** Logistic regression with standardised features, fitted by Newton's method (Hastie et al., ESL 4.4.1) with a ridge. */

export interface LogisticModel {
  mean: number[];
  scale: number[];
  weights: number[];
  bias: number;
}

export interface Sample {
  features: readonly number[];
  label: 0 | 1;
  /** How much the sample counts; 1 unless said. */
  weight?: number;
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** Probability in 0..1. */
export function predict(model: LogisticModel, features: readonly number[]): number {
  let sum = model.bias;
  for (let i = 0; i < model.weights.length; i++) {
    sum += ((model.weights[i] ?? 0) * ((features[i] ?? 0) - (model.mean[i] ?? 0))) / (model.scale[i] ?? 1);
  }
  return sigmoid(sum);
}

/**
 * @param ridge penalty on the standardised weights (not on the bias); keeps separable samples finite
 * @throws RangeError on no samples
 */
export function fit(samples: readonly Sample[], ridge = 1): LogisticModel {
  const width = samples[0]?.features.length;
  if (width === undefined) throw new RangeError("A logistic regression needs samples.");
  const columns = Array.from({ length: width }, (_, i) => samples.map((sample) => sample.features[i] ?? 0));
  const mean = columns.map((column) => column.reduce((sum, v) => sum + v, 0) / column.length);
  const scale = columns.map((column, i) => {
    const variance = column.reduce((sum, v) => sum + (v - (mean[i] ?? 0)) ** 2, 0) / column.length;
    return Math.sqrt(variance) || 1;
  });
  const rows = samples.map((sample) => [
    ...sample.features.map((value, i) => (value - (mean[i] ?? 0)) / (scale[i] ?? 1)),
    1,
  ]);
  let beta = new Array<number>(width + 1).fill(0);
  for (let iteration = 0; iteration < 50; iteration++) {
    const hessian = Array.from({ length: width + 1 }, (_, r) =>
      Array.from({ length: width + 1 }, (_, c) => (r === c ? (r < width ? ridge : 1e-9) : 0)),
    );
    const gradient = beta.map((value, i) => (i < width ? -ridge * value : 0));
    samples.forEach((sample, index) => {
      const row = rows[index] ?? [];
      const p = sigmoid(row.reduce((sum, value, i) => sum + value * (beta[i] ?? 0), 0));
      const weight = sample.weight ?? 1;
      row.forEach((value, r) => {
        gradient[r] = (gradient[r] ?? 0) + weight * (sample.label - p) * value;
        const hessianRow = hessian[r];
        if (hessianRow === undefined) return;
        row.forEach((other, c) => {
          hessianRow[c] = (hessianRow[c] ?? 0) + weight * p * (1 - p) * value * other;
        });
      });
    });
    const step = solveLinear(hessian, gradient);
    beta = beta.map((value, i) => value + (step[i] ?? 0));
    if (Math.max(...step.map(Math.abs)) < 1e-8) break;
  }
  return { mean, scale, weights: beta.slice(0, width), bias: beta[width] ?? 0 };
}
