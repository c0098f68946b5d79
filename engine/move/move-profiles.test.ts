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

  test("to the stack: everything is copied, checked and searched without being embedded anew", async () => {
    expect(await best("basketball-blurred.jpg")).toBe("basketball");
    const before = await (await engine.parts.collection()).count();
    const report = reportOf(await moveTo("stack"));
    expect(report).toMatchObject({ products: 54, pictures: 54, toEmbed: 0, vectors: before.image + before.text });
    expect(report?.checked).toMatchObject({ products: 54, pictures: 54 });
    expect(report?.runs).toBeGreaterThanOrEqual(1);
    await reopen();
    expect(await engine.services.health()).toMatchObject({ profile: "stack", status: "ready" });
    expect(await (await engine.parts.collection()).count()).toEqual(before);
    expect(await best("cactus-on-brick.jpg")).toBe("spiky-cactus");
    expect((await engine.services.journal.runs({ limit: 10 })).length).toBeGreaterThanOrEqual(2);
  }, 240_000);

  test("and back, with what was changed there", async () => {
    await engine.services.editor.update("spiky-cactus", { name: "Prickly pear" });
    await engine.services.editor.delete("orchid");
    await engine.services.indexer.settled();
    // What was moved stayed in the embedded catalogue too: a product that was deleted since is a stranger there.
    await expect(moveTo("embedded")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    const report = reportOf(await moveTo("embedded", true));
    expect(report).toMatchObject({ to: "embedded", products: 53, toEmbed: 0 });
    await reopen();
    expect(await engine.services.health()).toMatchObject({ profile: "embedded", status: "ready" });
    expect((await engine.services.catalog.get("spiky-cactus")).name).toBe("Prickly pear");
    expect(await best("cactus-on-brick.jpg")).toBe("spiky-cactus");
  }, 240_000);
});
