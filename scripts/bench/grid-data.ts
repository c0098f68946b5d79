import sharp from "sharp";
import { toPictureUpload } from "../../engine/catalog/picture-upload.ts";
import type { Catalog, PictureUpload, UpsertEntry } from "../../engine/catalog/port.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";

/** A made-up shop, the same at every run: names of a few hundred words, as shops have them. */

const STEP = 1_000;
const PICTURES = 60;
const LIMITS = { pictureBytes: 1e7, picturePixels: 1e8 };

const ADJECTIVES =
  "Red Blue Green Black White Small Large Light Heavy Folding Wooden Steel Leather Cotton Waterproof Classic Modern Soft".split(
    " ",
  );
const NOUNS =
  "Boot Tent Lamp Chair Table Kettle Backpack Jacket Bicycle Drill Mug Blanket Radio Camera Guitar Watch Bottle Shelf Sofa Helmet".split(
    " ",
  );
const CATEGORIES = "Shoes Outdoor Kitchen Furniture Tools Music Clothing Electronics Garden Toys Sports Office".split(
  " ",
);
const BRANDS = "Aigle Bata Corso Delta Elan Fjord Gamma Helix Iris Juno Kilo Lumen Mira Nord Orbit Pico".split(" ");

/** mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function pictures(): Promise<PictureUpload[]> {
  const all: PictureUpload[] = [];
  for (let at = 0; at < PICTURES; at += 1) {
    const background = { r: (at * 53) % 256, g: (at * 97) % 256, b: (at * 151) % 256 };
    const bytes = await sharp({ create: { width: 320, height: 240, channels: 3, background } })
      .jpeg()
      .toBuffer();
    all.push(await toPictureUpload({ name: `${at}.jpg`, bytes: new Uint8Array(bytes) }, LIMITS));
  }
  return all;
}

/** Fills an empty catalogue; every product counts as indexed. */
export async function fill(catalog: Catalog, products: number): Promise<void> {
  const next = random(7);
  const one = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const stored = await pictures();
  for (let from = 0; from < products; from += STEP) {
    const entries = Array.from({ length: Math.min(STEP, products - from) }, (_, at): UpsertEntry => {
      const sku = `SKU-${String(from + at).padStart(6, "0")}`;
      const [adjective, noun, brand] = [one(ADJECTIVES), one(NOUNS), one(BRANDS)];
      const draft = productDraftSchema.parse({
        ...{ sku, brand, category: one(CATEGORIES), currency: "EUR" },
        name: `${adjective} ${one(ADJECTIVES).toLowerCase()} ${noun.toLowerCase()} ${Math.floor(next() * 900) + 100}`,
        price: (Math.floor(next() * 50_000) / 100 + 1).toFixed(2),
        description: `${brand} makes this ${noun.toLowerCase()} of ${one(ADJECTIVES).toLowerCase()} material.`,
        attributes: { size: String(36 + Math.floor(next() * 10)) },
      });
      return { draft, pictures: [one(stored)], otherPictures: "remove", by: { source: "import" } };
    });
    await catalog.upsert(entries);
    const jobs = await catalog.jobs(entries.map(({ draft }) => draft.sku));
    await catalog.markIndexed(jobs.map(({ product, revision }) => ({ sku: product.sku, revision })));
  }
}
