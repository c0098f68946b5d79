import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStack, stackMissing, type TestStack } from "../../scripts/servers/stack.ts";
import type { MoveEvent } from "../../shared/contract/stack.ts";
import { loadConfig } from "../config/load.ts";
import { createEngine, type Engine } from "../engine.ts";
import { named } from "../lib/mongo/testing.ts";

/** There and back, with the sample catalogue, between the real stores of both profiles. */

const SEED = join(import.meta.dirname, "..", "..", "seed");
const VIEW = "00000000-0000-4000-8000-00000000000a";
const missing = stackMissing();

describe.skipIf(missing !== null)(named("moving between the profiles", missing), () => {
  let stack: TestStack;
  let folder: string;
  let engine: Engine;

  async function open(): Promise<Engine> {
    const { SHELFMATCH_PARTS_PROFILE: _, ...env } = stackEnv;
    const config = await loadConfig({ dataFolder: folder, env });
    return createEngine({ dataFolder: folder, config, onNotice: () => undefined });
  }
  let stackEnv: Record<string, string>;

  async function reopen(): Promise<void> {
    await engine.close();
    engine = await open();
    await engine.services.indexer.settled();
  }
  async function moveTo(to: "embedded" | "stack", replace = false): Promise<MoveEvent[]> {
    const events: MoveEvent[] = [];
    for await (const event of engine.services.stack.move({ to, replace })) events.push(event);
    return events;
  }
  const reportOf = (events: readonly MoveEvent[]) =>
    events.flatMap((event) => (event.kind === "report" ? [event.report] : []))[0];
  async function best(name: string): Promise<string | undefined> {
    const bytes = new Uint8Array(await readFile(join(SEED, "queries", name)));
    let sku: string | undefined;
    for await (const { matches } of engine.services.matcher.match({ picture: { name, bytes } })) sku = matches[0]?.sku;
    return sku;
  }

  beforeAll(async () => {
    const opened = await openStack();
    if ("missing" in opened) throw new Error(opened.missing);
    stack = opened;
    stackEnv = stack.settings();
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-move-profiles-"));
    engine = await open();
    const { importId } = await engine.services.importer.start({ kind: "path", path: join(SEED, "products.csv") });
    for await (const _ of engine.services.importer.watch(importId));
    await engine.services.indexer.settled();
  }, 180_000);
  afterAll(async () => {
    await engine?.close();
    await stack?.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const kept = async () => {
    const { catalog, journal } = engine.services;
    const [bin, changes] = [await catalog.keptEntries(null, 500), await catalog.allChanges(0, 5_000)];
    const sorted = bin.map((one) => ({ ...one, pictures: [...one.pictures].sort() }));
    return { bin: sorted, changes, views: await catalog.views(), marks: await journal.marks() };
  };

  test("to the stack: everything is copied, checked and searched without being embedded anew", async () => {
    expect(await best("basketball-blurred.jpg")).toBe("basketball");
    const { catalog, editor, journal } = engine.services;
    await editor.update("tent", { brand: "Dune" });
    await catalog.setPictures("tripod", (await catalog.get("tent")).pictures);
    await editor.delete("light-shade");
    await catalog.putView({ id: VIEW, name: "Balls", search: "category=Sports" });
    await journal.mark("fingerprint", "known", "The cable is loose.");
    await engine.services.indexer.settled();
    const had = await kept();
    expect(had.bin.map(({ kind }) => kind).sort()).toEqual(["pictures", "product"]);
    const before = await (await engine.parts.collection()).count();
    const report = reportOf(await moveTo("stack"));
    expect(report).toMatchObject({ products: 53, pictures: 52, toEmbed: 0, vectors: before.image + before.text });
    expect(report?.checked).toMatchObject({ products: 53, pictures: 52 });
    expect(report).toMatchObject({ kept: { bin: 2, views: 1 }, marks: 1 });
    expect(report?.runs).toBeGreaterThanOrEqual(1);
    await reopen();
    expect(await engine.services.health()).toMatchObject({ profile: "stack", status: "ready" });
    expect(await kept()).toEqual(had);
    expect(await (await engine.parts.collection()).count()).toEqual(before);
    expect(await best("cactus-on-brick.jpg")).toBe("spiky-cactus");
    expect((await engine.services.journal.runs({ limit: 10 })).length).toBeGreaterThanOrEqual(2);
  }, 240_000);

  test("and back, with what was changed there", async () => {
    await engine.services.editor.update("spiky-cactus", { name: "Prickly pear" });
    const [shade] = (await engine.services.catalog.bin({ page: 1, pageSize: 10 })).items;
    await engine.services.editor.restore([shade?.id ?? ""]);
    await engine.services.editor.delete("orchid");
    await engine.services.journal.mark("fingerprint", "resolved", null);
    await engine.services.indexer.settled();
    // What was moved stayed in the embedded catalogue too: a product that was deleted since is a stranger there.
    await expect(moveTo("embedded")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    const had = await kept();
    const report = reportOf(await moveTo("embedded", true));
    expect(report).toMatchObject({ to: "embedded", products: 53, toEmbed: 0 });
    await reopen();
    expect(await engine.services.health()).toMatchObject({ profile: "embedded", status: "ready" });
    expect((await engine.services.catalog.get("spiky-cactus")).name).toBe("Prickly pear");
    expect(await kept()).toEqual(had);
    expect((await engine.services.catalog.bin({ page: 1, pageSize: 10 })).items).toMatchObject([{ sku: "orchid" }]);
    expect((await engine.services.catalog.get("light-shade")).pictures).toHaveLength(1);
    expect(await best("cactus-on-brick.jpg")).toBe("spiky-cactus");
  }, 240_000);
});
