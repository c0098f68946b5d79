import type { MoveEvent } from "../../shared/contract/stack.ts";
import type { Collection, CollectionSpec } from "../index/port.ts";
import type { Store } from "./move.ts";

const BATCH = 64;

const sameEncoders = (a: CollectionSpec, b: CollectionSpec) =>
  a.image.fingerprint === b.image.fingerprint && a.text.fingerprint === b.text.fingerprint;

/**
 * Copies the points of every indexed product where both sides' encoders are the same, and marks the product as indexed
 * there. The others stay pending in the target: its own engine embeds them.
 */
export async function* copyVectors(
  { catalog: source, collection }: Store,
  { catalog: target, collection: copy }: Store,
  signal: AbortSignal,
): AsyncGenerator<MoveEvent, { copied: number; toEmbed: number }> {
  const usable = sameEncoders(collection.spec, copy.spec);
  const skus = await source.allSkus();
  let copied = 0;
  let toEmbed = 0;
  for (let at = 0; at < skus.length; at += BATCH) {
    signal.throwIfAborted();
    const some = skus.slice(at, at + BATCH);
    const waiting = (await target.jobs(some)).filter(({ product }) => product.indexState !== "indexed");
    const names = waiting.map(({ product }) => product.sku);
    const indexed = (await source.jobs(names)).filter(({ product }) => product.indexState === "indexed");
    const points = usable
      ? await readPoints(
          collection,
          indexed.map(({ product }) => product.sku),
        )
      : [];
    await copy.replaceProducts(points);
    const done = new Set(points.map(({ sku }) => sku));
    await target.markIndexed(
      waiting.flatMap(({ product, revision }) => (done.has(product.sku) ? [{ sku: product.sku, revision }] : [])),
    );
    copied += points.reduce((sum, one) => sum + one.points.length, 0);
    toEmbed += waiting.length - done.size;
    yield { kind: "progress", phase: "vectors", done: Math.min(at + BATCH, skus.length), total: skus.length };
  }
  return { copied, toEmbed };
}

const readPoints = (collection: Collection, skus: readonly string[]) =>
  skus.length === 0 ? [] : collection.read(skus);
