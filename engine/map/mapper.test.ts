import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import type { MapKind, MapPoints } from "../../shared/contract/map.ts";
import type { Catalog } from "../catalog/port.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { openEmbeddedIndex } from "../index/embedded/embedded.ts";
import type { Collection, VectorIndex } from "../index/port.ts";
import { unitVector } from "../index/test-points.ts";
import type { Mapper } from "../services.ts";
import { createMapper } from "./mapper.ts";

/** A real catalogue and index; the vectors are made, so that it is known what lies beside what. */

const DIMENSIONS = 24;
const GROUPS = ["Shoes", "Cups", "Lamps"];
const EACH = 40;
const spec = {
  image: { fingerprint: "image/1", dimensions: DIMENSIONS },
  text: { fingerprint: "text/1", dimensions: DIMENSIONS },
};

let folder: string;
let catalog: Catalog;
let index: VectorIndex;
let collection: Collection;
let mapper: Mapper;
const notices: string[] = [];

const openMapper = () =>
  createMapper({
    ...{ catalog, collection: async () => collection, folder: join(folder, "maps") },
    journal: { runs: async () => [] },
    log: (level, message) => level !== "info" && notices.push(message),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-map-"));
  catalog = await openSqliteCatalog({ folder: join(folder, "catalog") });
  index = await openEmbeddedIndex({ folder: join(folder, "index") });
  collection = await index.open(spec);
  mapper = openMapper();
});
afterAll(async () => {
  await mapper.close();
  await index.close();
  await catalog.close();
  await rm(folder, { recursive: true, force: true });
});

/** Near its group's own direction; two views of one picture each. */
async function add(sku: string, group: number): Promise<void> {
  const category = GROUPS[group] ?? "";
  await catalog.create(productDraftSchema.parse({ sku, name: `${category} ${sku}`, category, price: "2.50" }), []);
  const centre = unitVector(1000 + group, DIMENSIONS);
  const near = (seed: number) => {
    const noise = unitVector(seed, DIMENSIONS);
    const values = centre.map((value, at) => value + 0.15 * (noise[at] ?? 0));
    const length = Math.hypot(...values);
    return values.map((value) => value / length);
  };
  const payload = { sku, pictureHash: null, category, brand: "", price: 2.5, currency: null };
  const seed = [...sku].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e6;
  const points = [0, 1].map((view) => ({
    id: `${sku}/${view}`,
    vector: { name: "image" as const, values: near(seed * 2 + view) },
    payload,
  }));
  await collection.replaceProducts([{ sku, points }]);
}

async function made(kind: MapKind): Promise<void> {
  await mapper.make(kind);
  while ((await mapper.state(kind)).state === "running") await sleep(20);
}

/** Share of products whose nearest neighbour on the plane is of their own category. */
function neighbourly({ x, y, category }: MapPoints): number {
  const own = x.filter((_, one) => {
    let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
    for (const other of x.keys()) {
      const distance = Math.hypot((x[one] ?? 0) - (x[other] ?? 0), (y[one] ?? 0) - (y[other] ?? 0));
      if (other !== one && distance < least) [nearest, least] = [other, distance];
    }
    return category[nearest] === category[one];
  });
  return own.length / x.length;
}

test("an empty catalogue and a handful of products have a map too", async () => {
  expect(await mapper.state("image")).toMatchObject({ state: "never", finishedAt: null });
  await expect(mapper.points("image")).rejects.toMatchObject({ code: "MAP_NOT_FOUND" });
  await made("image");
  expect(await mapper.points("image")).toMatchObject({ skus: [], missing: 0, categories: [] });
  for (const at of [0, 1, 2]) await add(`first-${at}`, at);
  await made("image");
  const { skus, x, y, missing } = await mapper.points("image");
  expect(skus).toHaveLength(3);
  expect(new Set(x.map((value, at) => `${value} ${y[at]}`)).size).toBe(3);
  expect(missing).toBe(0);
});

test("what is alike lies together, within the plane, and what came later is counted", { timeout: 60_000 }, async () => {
  for (let at = 0; at < EACH; at++) for (const group of GROUPS.keys()) await add(`sku-${group}-${at}`, group);
  await made("image");
  expect(await mapper.state("image")).toMatchObject({ state: "done", error: null });
  const points = await mapper.points("image");
  expect(points.skus).toHaveLength(3 + 3 * EACH);
  expect([...points.categories].sort()).toEqual([...GROUPS].sort());
  expect(points.category.every((place, at) => points.names[at]?.startsWith(points.categories[place] ?? "?"))).toBe(
    true,
  );
  expect(neighbourly(points)).toBeGreaterThan(0.95);
  expect(Math.max(...points.x.map(Math.abs), ...points.y.map(Math.abs))).toBeCloseTo(1, 3);
  expect(new Set(points.price)).toEqual(new Set([2.5]));

  await add("later", 0);
  await catalog.delete("sku-0-0");
  const after = await mapper.points("image");
  expect(after.missing).toBe(1);
  expect(after.skus).not.toContain("sku-0-0");
  // Texts have no vectors here: nobody is on that map, and nothing breaks.
  await made("text");
  expect(await mapper.points("text")).toMatchObject({ skus: [], missing: points.skus.length });
});

test("a map outlives the engine; one that can't be read is made anew, and said", { timeout: 60_000 }, async () => {
  const before = await mapper.points("image");
  await mapper.close();
  mapper = openMapper();
  expect(await mapper.state("image")).toMatchObject({ state: "done" });
  expect(await mapper.points("image")).toEqual(before);
  const file = (await readdir(join(folder, "maps"))).find((name) => name.startsWith("image")) ?? "";
  await writeFile(join(folder, "maps", file), "cut sho");
  mapper = openMapper();
  expect(await mapper.state("image")).toMatchObject({ state: "never" });
  expect(notices.join()).toContain("made anew");
});

test("a making that is cancelled leaves the map before it, and others wait their turn", {
  timeout: 60_000,
}, async () => {
  await made("image");
  const { finishedAt } = await mapper.state("image");
  const both = await Promise.all([mapper.make("image"), mapper.make("text"), mapper.make("image")]);
  expect(both.map(({ state }) => state)).toEqual(["running", "running", "running"]);
  expect(await mapper.cancel("image")).toMatchObject({ state: "cancelled", finishedAt });
  while ((await mapper.state("text")).state === "running") await sleep(20);
  expect(await mapper.state("text")).toMatchObject({ state: "done" });
});
