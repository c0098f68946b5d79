import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStack, stackMissing, type TestStack } from "../scripts/servers/stack.ts";
import type { MatchResult } from "../shared/contract/match.ts";
import { isServiceError } from "../shared/errors.ts";
import { loadConfig } from "./config/load.ts";
import { createEngine, type Engine } from "./engine.ts";
import { named } from "./lib/mongo/testing.ts";
import type { NamedBytes } from "./services.ts";
import { shelfPhoto } from "./testing/shelf-photo.ts";

/** The whole engine on real servers: what it does on them, and what is left of it without each. */

const SEED = join(import.meta.dirname, "..", "seed");
const PRODUCTS = 54;

const missing = stackMissing();

describe.skipIf(missing !== null)(named("the engine on the stack", missing), () => {
  let stack: TestStack;
  let folder: string;
  let engine: Engine;
  const notices: string[] = [];

  async function open(): Promise<Engine> {
    const config = await loadConfig({ dataFolder: folder, env });
    return createEngine({ dataFolder: folder, config, onNotice: (message) => notices.push(message) });
  }
  let env: Record<string, string>;
  const server = (name: string) => {
    const found = stack.servers.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no server is called ${name}`);
    return found;
  };

  beforeAll(async () => {
    const opened = await openStack();
    if ("missing" in opened) throw new Error(opened.missing);
    stack = opened;
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-engine-stack-"));
    env = { ...stack.settings(), SHELFMATCH_ENCODER_CACHE_ENTRIES: "0" };
    engine = await open();
  }, 120_000);
  afterAll(async () => {
    await engine?.close();
    await stack?.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const photo = async (name: string) => ({ name, bytes: new Uint8Array(await readFile(join(SEED, "queries", name))) });
  async function answer(question: string | NamedBytes): Promise<MatchResult> {
    const picture = typeof question === "string" ? await photo(question) : question;
    let last: MatchResult | undefined;
    for await (const result of engine.services.matcher.match({ picture })) last = result;
    if (last === undefined) throw new Error("no answer");
    return last;
  }
  async function failure(work: Promise<unknown>) {
    try {
      await work;
    } catch (error) {
      return error;
    }
    throw new Error("it did not fail");
  }
  const stateOf = async (part: string) =>
    (await engine.services.health()).components.find(({ name }) => name === part)?.state;
  /** Waits until it is so, as a user would who looks again. */
  async function eventually(what: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 60_000; ; await sleep(300)) {
      if (await what().catch(() => false)) return;
      if (Date.now() > end) throw new Error("it did not become so within a minute");
    }
  }

  test("brings the sample catalogue in and finds a product of it, with the run in the journal", async () => {
    const { importId } = await engine.services.importer.start({ kind: "path", path: join(SEED, "products.csv") });
    let state = "";
    for await (const progress of engine.services.importer.watch(importId)) state = progress.state;
    expect(state).toBe("done");
    const health = await engine.services.health();
    expect(health).toMatchObject({ status: "ready", profile: "stack" });
    expect(health.products).toEqual({ total: PRODUCTS, indexed: PRODUCTS, pending: 0, failed: 0 });
    const result = await answer("basketball-blurred.jpg");
    expect(result.matches[0]).toMatchObject({ sku: "basketball" });
    expect(result.warnings).toEqual([]);
    await engine.services.journal.flush();
    expect(await engine.services.journal.run(result.runId)).toMatchObject({ verdict: result.verdict });
    const { entries } = await engine.services.journal.list({ limit: 100, component: "match" });
    expect(entries.some(({ runId }) => runId === result.runId)).toBe(true);
    const { services } = await engine.services.stack.status();
    expect(services.map(({ name, state }) => [name, state]).sort()).toEqual([
      ["MongoDB", "ready"],
      ["Qdrant", "ready"],
      ["Triton", "ready"],
    ]);
    expect((await engine.services.stack.models()).filter((model) => model.state === "READY")).toHaveLength(2);
  }, 120_000);

  test.each([
    { name: "Qdrant", part: "index" },
    { name: "Triton", part: "encoder" },
  ])(
    "without $name a barcode still names its product, the rest says what is away; it comes back by itself",
    async ({ name, part }) => {
      await server(name).kill();
      const error = await failure(answer("basketball-blurred.jpg"));
      expect(isServiceError(error)).toBe(true);
      expect(String(error)).toContain(name);
      expect(await stateOf(part)).toBe("down");
      expect(await stateOf("catalogue")).toBe("ready");
      const { barcode } = await engine.services.catalog.get("laptop");
      const found = await answer(await shelfPhoto(barcode ?? ""));
      expect(found).toMatchObject({ verdict: "match", matches: [{ sku: "laptop", barcode }] });
      expect(found.warnings.join()).toContain(name);
      const { items } = await engine.services.catalog.list({ sort: "sku", order: "asc", page: 1, pageSize: 1 });
      expect(items).toHaveLength(1);
      // The failed run is in the journal, which is well.
      const [, run] = await engine.services.journal.runs({ limit: 2 });
      expect(run?.error?.code).toMatch(/^(SERVICE_|TIMEOUT)/);
      // A change is taken, and indexed when the service is back.
      await engine.services.editor.update("basketball", { description: `changed without ${name}` });
      await server(name).start();
      await eventually(async () => (await answer("basketball-blurred.jpg")).matches[0]?.sku === "basketball");
      await engine.services.indexer.settled();
      expect((await engine.services.catalog.get("basketball")).indexState).toBe("indexed");
    },
    180_000,
  );

  test("without MongoDB the encoder and the index are well, errors name it, and what was logged arrives later", async () => {
    await server("MongoDB").kill();
    const error = await failure(answer("basketball-blurred.jpg"));
    expect(isServiceError(error)).toBe(true);
    expect(String(error)).toContain("MongoDB");
    expect(await stateOf("index")).toBe("ready");
    expect(await stateOf("catalogue")).toBe("down");
    // Not none: it is not known.
    expect((await engine.services.health()).products).toBeNull();
    await server("MongoDB").start();
    await eventually(async () => (await answer("basketball-blurred.jpg")).matches[0]?.sku === "basketball");
    await eventually(async () => {
      await engine.services.journal.flush();
      const runs = await engine.services.journal.runs({ limit: 20 });
      return runs.some((run) => run.error?.message.includes("MongoDB") === true);
    });
  }, 180_000);

  test("another model embeds the catalogue anew, while it is searched by the old one", async () => {
    const before = (await answer("basketball-blurred.jpg")).fingerprint;
    const after = await stack.serveAs("another-lite0");
    await engine.close();
    env = { ...env, SHELFMATCH_TRITON_IMAGE_MODEL: "another-lite0" };
    engine = await open();
    const seen = new Set<string>();
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
      const { fingerprint, matches } = await answer("basketball-blurred.jpg");
      expect(matches[0]?.sku).toBe("basketball");
      seen.add(fingerprint);
      if (fingerprint !== before) break;
    }
    expect([...seen]).toEqual([before, after]);
    expect((await engine.services.health()).products).toMatchObject({ indexed: PRODUCTS, pending: 0 });
    const counts = await (await engine.parts.collection()).count();
    expect(counts).toEqual({ image: 4 * PRODUCTS, text: PRODUCTS });
  }, 180_000);

  test("starts with every service down, says so, and is whole when they are there", async () => {
    await engine.close();
    await Promise.all(stack.servers.map((one) => one.kill()));
    notices.length = 0;
    engine = await open();
    const health = await engine.services.health();
    expect(health.status).toBe("down");
    expect(notices.join("\n")).toMatch(/MongoDB/);
    for (const { state, detail } of (await engine.services.stack.status()).services) {
      expect(state).toBe("down");
      expect(detail.length).toBeGreaterThan(20);
    }
    for (const one of stack.servers) await one.start();
    await eventually(async () => (await answer("basketball-blurred.jpg")).matches[0]?.sku === "basketball");
    await eventually(async () => (await engine.services.health()).status === "ready");
  }, 240_000);
});
