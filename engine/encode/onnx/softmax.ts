/** A class' place in the model's list, and its probability. */
export interface Classified {
  index: number;
  probability: number;
}

/** The `k` most probable classes of `logits` (softmax), most probable first. Runs for every view: sorts k, not all. */
export function topClasses(logits: Float32Array, k: number): Classified[] {
  // The largest is taken off first: exp() of a large logit would overflow.
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  const best: { index: number; logit: number }[] = [];
  for (const [index, logit] of logits.entries()) {
    sum += Math.exp(logit - largest);
    if (best.length === k && logit <= (best[k - 1]?.logit ?? largest)) continue;
    const place = best.findIndex((other) => logit > other.logit);
    best.splice(place < 0 ? best.length : place, 0, { index, logit });
    if (best.length > k) best.pop();
  }
  return best.map(({ index, logit }) => ({ index, probability: Math.exp(logit - largest) / sum }));
}
