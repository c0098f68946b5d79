import { CATALOGUE_VIEWS } from "../../engine/encode/views.ts";
import type { Engine } from "../../engine/engine.ts";
import { hashOf } from "../../engine/picture/decode.ts";
import type { Acknowledgement } from "./scenario.ts";

/** What is wrong after a restart: what was promised and is gone, and what is there without anybody's having it. */
export interface Damage {
  lost: string[];
  orphaned: string[];
}

/** @param storedPictures content hashes of every picture that the catalogue's store holds */
export async function inspect(
  { services: { catalog, indexer }, parts }: Engine,
  acknowledged: readonly Acknowledgement[],
  storedPictures: () => Promise<string[]>,
): Promise<Damage> {
  await indexer.settled(AbortSignal.timeout(120_000));
  const collection = await parts.collection();
  const [lost, orphaned]: [string[], string[]] = [[], []];
  /** The last word on each product. */
  const promised = new Map<string, Acknowledgement>();
  for (const ack of acknowledged) if ("sku" in ack) promised.set(ack.sku, ack);

  const products = new Map((await catalog.getMany(await catalog.allSkus())).map((product) => [product.sku, product]));
  for (const [sku, ack] of promised) {
    if (ack.kind === "begun") continue;
    const product = products.get(sku);
    if (ack.kind === "deleted" && product !== undefined) lost.push(`${sku} was deleted and is back`);
    if (ack.kind !== "product") continue;
    if (product === undefined) lost.push(`${sku} is gone`);
    else if (product.name !== ack.name) lost.push(`${sku} is called ${product.name}`);
    else if (product.pictures.map(({ hash }) => hash).join() !== ack.pictures.join())
      lost.push(`${sku} has other pictures`);
  }

  const named = new Set<string>();
  for (const product of products.values()) {
    if (product.indexState !== "indexed") lost.push(`${product.sku} is ${product.indexState}: ${product.indexReason}`);
    for (const { hash } of product.pictures) {
      named.add(hash);
      const { bytes } = await catalog.picture(hash, "full");
      if (hashOf(bytes) !== hash) lost.push(`a picture of ${product.sku} has other bytes`);
      await catalog.picture(hash, "thumbnail");
    }
  }
  for (const { sku, points } of await collection.read([...products.keys()])) {
    const product = products.get(sku);
    const hashes = new Set<string | null>(product?.pictures.map(({ hash }) => hash));
    const strangers = points.filter(({ payload }) => payload.pictureHash !== null && !hashes.has(payload.pictureHash));
    if (strangers.length > 0) orphaned.push(`${strangers.length} vectors of ${sku} are of pictures it no longer has`);
    const expected = hashes.size * CATALOGUE_VIEWS.length + 1;
    if (points.length < expected) lost.push(`${sku} has ${points.length} vectors instead of ${expected}`);
    for (const { vector } of points.slice(0, 1)) {
      const hits = await collection.search({ name: vector.name, vector: vector.values, limit: products.size });
      if (!hits.some((hit) => hit.sku === sku)) lost.push(`${sku} is not found by its own vector`);
    }
  }
  for (const sku of await collection.skus()) if (!products.has(sku)) orphaned.push(`vectors of ${sku}`);
  // What was deleted is kept for a while, pictures and all; once that is over nothing of it may stay.
  await catalog.prune({ bin: new Date(Date.now() + 60_000).toISOString(), changes: new Date(0).toISOString() });
  for (const hash of await storedPictures()) if (!named.has(hash)) orphaned.push(`picture ${hash.slice(0, 8)}`);
  const counts = await collection.count();
  const points = (await collection.read([...products.keys()])).reduce((sum, one) => sum + one.points.length, 0);
  if (counts.image + counts.text !== points)
    orphaned.push(`${counts.image + counts.text - points} vectors beyond the products'`);
  return { lost, orphaned };
}
