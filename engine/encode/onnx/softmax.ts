/** A class' place in the model's list, and its probability. */
export interface Classified {
  index: number;
  probability: number;
}

/** The `k` most probable classes of `logits` (softmax), most probable first. */
export function topClasses(logits: Float32Array, k: number): Classified[] {
  // The largest is taken off first: exp() of a large logit would overflow.
  const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const exponentials = logits.map((value) => Math.exp(value - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return Array.from(exponentials, (value, index) => ({ index, probability: value / sum }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, k);
}
