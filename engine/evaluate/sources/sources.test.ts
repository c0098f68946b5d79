import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Run } from "../../../shared/contract/journal.ts";
import { openTestServices, type TestServices, testPng } from "../../hosts/testing/services.ts";
import { feedbackQueries } from "./feedback.ts";
import { folderQueries } from "./folder.ts";
import { madeQueries } from "./made.ts";

let folder: string;
let engine: TestServices;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-queries-"));
  engine = await openTestServices(join(folder, "data"));
  for (const sku of ["BOOT-1", "shoes/2"]) {
    const draft = { sku, name: sku, category: "Shoes", price: null, currency: null, brand: "" };
    await engine.services.catalog.create({ ...draft, barcode: null, description: "", attributes: {} }, []);
  }
});
afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const options = { trusted: true, pictureBytes: 10_000 };

async function photos(...paths: string[]): Promise<string> {
  const root = join(folder, "photos");
  for (const [i, path] of paths.entries()) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), await testPng(4 + i));
  }
  return root;
}

describe("a folder a SKU", () => {
  test("names products by the innermost folder, and what is absent by `_absent` on the way", async () => {
    const root = await photos(
      "BOOT-1/a.jpg",
      "more/BOOT-1/b.png",
      "shoes%2F2/c.jpg",
      "_absent/chairs/d.jpg",
      "none/e.jpg",
    );
    await writeFile(join(root, "readme.txt"), "no picture");
    const { queries, notes } = await folderQueries(engine.services.catalog, root, options);
    expect(queries.map(({ label, product }) => [label, product?.sku ?? null])).toEqual([
      ["_absent/chairs/d.jpg", null],
      ["BOOT-1/a.jpg", "BOOT-1"],
      ["more/BOOT-1/b.png", "BOOT-1"],
      ["none/e.jpg", null],
      ["shoes%2F2/c.jpg", "shoes/2"],
    ]);
    expect(notes).toEqual([]);
    expect(await queries[1]?.bytes()).toEqual(await testPng(4));
  });

  test("says which SKUs are unknown, which photos lie loose and which are too large", async () => {
    const root = await photos("BOOT-1/a.jpg", "GONE-7/b.jpg", "loose.jpg");
    await writeFile(join(root, "BOOT-1", "large.jpg"), new Uint8Array(20_000));
    const { queries, notes } = await folderQueries(engine.services.catalog, root, options);
    expect(queries).toHaveLength(1);
    expect(notes).toEqual([
      expect.stringContaining("GONE-7"),
      expect.stringContaining("1 photos lie in no folder"),
      expect.stringContaining("BOOT-1/large.jpg"),
    ]);
  });

  test("the same photo of the same product is the same query in another folder", async () => {
    const first = await folderQueries(engine.services.catalog, await photos("BOOT-1/a.jpg"), options);
    const elsewhere = join(folder, "elsewhere");
    await mkdir(join(elsewhere, "BOOT-1"), { recursive: true });
    await writeFile(join(elsewhere, "BOOT-1", "renamed.jpg"), await testPng(4));
    const again = await folderQueries(engine.services.catalog, elsewhere, options);
    expect(again.queries[0]?.key).toBe(first.queries[0]?.key);
  });

  test("without anything to ask it says why", async () => {
    const unknown = folderQueries(engine.services.catalog, await photos("GONE-7/b.jpg"), options);
    await expect(unknown).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining("GONE-7") });
    const missing = folderQueries(engine.services.catalog, join(folder, "nowhere"), options);
    await expect(missing).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});

describe("judged photos", () => {
  const record = async (runId: string, feedback: Run["feedback"], withPhoto = true) => {
    const run: Run = {
      ...{
        runId,
        time: new Date().toISOString(),
        kind: "picture",
        source: `${runId}.png`,
        text: null,
        verdict: "match",
      },
      ...{ error: null, photo: null, feedback: null, result: null, region: null },
    };
    const hash = runId.padEnd(64, "0").replace(/[^0-9a-f]/g, "0");
    const photo = withPhoto ? { hash, bytes: await testPng(), mediaType: "image/png" } : null;
    await engine.services.journal.recordRun(run, photo);
    if (feedback !== null) await engine.services.journal.addFeedback(runId, feedback);
  };
  const said = (answer: "right" | "wrong" | "this" | "absent", sku: string | null = null) => ({
    ...{ answer, sku, note: null, time: new Date().toISOString() },
  });

  test("are queries of what was said of them; others are counted and left out", async () => {
    await record("a1", said("this", "BOOT-1"));
    await record("a2", said("absent"));
    await record("a3", said("wrong"));
    await record("a4", said("this", "GONE-7"));
    await record("a5", said("this", "BOOT-1"), false);
    await record("a6", null);
    const { queries, notes } = await feedbackQueries(engine.services.catalog, engine.services.journal);
    expect(queries.map(({ runId, product }) => [runId, product?.sku ?? null]).sort()).toEqual([
      ["a1", "BOOT-1"],
      ["a2", null],
    ]);
    expect((await queries[0]?.bytes())?.length).toBeGreaterThan(20);
    expect(notes).toEqual([
      expect.stringContaining("1 judged matches were left out: they were called wrong"),
      expect.stringContaining("no photo that was kept"),
      expect.stringContaining("no longer in the catalogue"),
    ]);
  });

  test("without any it says how to get some", async () => {
    const none = feedbackQueries(engine.services.catalog, engine.services.journal);
    await expect(none).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining("Match page") });
  });
});

test("made queries need products with pictures, and transformations that there are", async () => {
  const { catalog } = engine.services;
  await expect(madeQueries(catalog, { seed: 1 })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  const unknown = madeQueries(catalog, { seed: 1, transformations: ["melting"] });
  await expect(unknown).rejects.toMatchObject({ message: expect.stringContaining('"melting"') });
});
