import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DraftingProgress } from "../../shared/contract/drafts.ts";
import type { MatchResult } from "../../shared/contract/match.ts";
import { loadConfig } from "../config/load.ts";
import { createEngine, type Engine } from "../engine.ts";
import type { MatchRequest } from "../services.ts";
import type { DescribedServer } from "./described-server.ts";

const SEED = join(import.meta.dirname, "..", "..", "seed");

/** What the engine makes of a describer: the match, corrections, drafts, a server that goes and comes back. */
export function describeTheEngineWith(server: DescribedServer): void {
  describe("the engine", () => {
    let engine: Engine;
    let data: string;

    async function open(env: Record<string, string> = {}): Promise<Engine> {
      server.notices.length = 0;
      const own = {
        SHELFMATCH_PARTS_DESCRIBER: "triton",
        SHELFMATCH_TRITON_URL: server.url,
        SHELFMATCH_DESCRIBER_MAX_TOKENS: "96",
      };
      const config = await loadConfig({ dataFolder: data, env: { ...own, ...env } });
      return createEngine({ dataFolder: data, config, onNotice: (message) => server.notices.push(message) });
    }
    const photo = async (name: string) => ({
      name,
      bytes: new Uint8Array(await readFile(join(SEED, "queries", name))),
    });
    async function ask(request: MatchRequest): Promise<MatchResult[]> {
      const results: MatchResult[] = [];
      for await (const result of engine.services.matcher.match({ describe: true, ...request })) results.push(result);
      return results;
    }
    const NAME = "camera-on-gravel.jpg";

    beforeAll(async () => {
      data = join(server.folder, "data");
      engine = await open();
      const { importId } = await engine.services.importer.start({ kind: "path", path: join(SEED, "products.csv") });
      for await (const { state } of engine.services.importer.watch(importId)) if (state === "failed") expect.fail();
      await engine.services.indexer.settled();
    }, 240_000);
    afterAll(() => engine.close());

    test("gives its first answers, then the description, which the journal has and the next match need not wait for", async () => {
      const first = await ask({ picture: await photo(NAME) });
      expect(first.map(({ stage }) => stage)).toEqual(["visual", "verified", "refined", "described"]);
      const [, , refined, described] = first;
      expect(refined).toMatchObject({ describing: true, described: null, warnings: [] });
      expect(described).toMatchObject({ describing: false, warnings: [], described: { by: "model" } });
      expect(described?.described?.fingerprint).toMatch(/^qwen3-vl-2b-reduced-fp32-p1-/);
      expect(described?.verdict).toBe(refined?.verdict);
      const sure = (result: MatchResult | undefined) => result?.matches.map(({ confidence }) => confidence);
      expect(sure(described)?.[0]).toBe(sure(refined)?.[0]);
      expect(described?.matches.some(({ similarity }) => similarity.described !== null)).toBe(true);
      const kept = await engine.services.journal.run(described?.runId ?? "");
      expect(kept.result).toEqual(described);
      const { calls } = await tritonCalls();
      const again = await ask({ picture: await photo(NAME) });
      expect(again.at(-1)?.described).toEqual(described?.described);
      expect((await tritonCalls()).calls - calls).toBeLessThanOrEqual(2);
      expect((await ask({ picture: await photo(NAME), describe: false })).at(-1)?.stage).toBe("refined");
    }, 120_000);

    async function tritonCalls() {
      const { services } = await engine.services.stack.status();
      const found = services.find(({ name }) => name === "Triton");
      if (found === undefined) throw new Error("the stack does not know Triton");
      return found;
    }

    test("shows the model beside the others, on the health and the stack page", async () => {
      const { components, status } = await engine.services.health();
      expect(components.find(({ name }) => name === "describer")).toMatchObject({ adapter: "triton", state: "ready" });
      expect(status).toBe("ready");
      expect((await tritonCalls()).parts).toEqual(["describer"]);
      expect(await engine.services.stack.models()).toContainEqual(
        expect.objectContaining({ name: "describe", state: "READY" }),
      );
    });

    test("takes a person's words in the place of the model's: as a note, before it would be asked", async () => {
      const picture = await photo("basketball-blurred.jpg");
      const [described] = (await ask({ picture })).slice(-1);
      const words = {
        caption: "A leather sofa",
        category: "sofa",
        colours: ["brown"],
        material: "leather",
        brand: "",
        text: [],
      };
      engine.services.descriptions.correct(described?.picture?.hash ?? "", words, described?.runId ?? null);
      const corrected = await ask({ picture });
      expect(corrected.map(({ stage }) => stage)).toEqual(["visual", "verified", "refined"]);
      expect(corrected.at(-1)).toMatchObject({ described: { by: "user", words }, describing: false });
      const sofa = corrected.at(-1)?.matches.find(({ sku }) => sku === "leather-sofa");
      expect(sofa?.sharedWords).toEqual(expect.arrayContaining(["leather", "sofa"]));
    }, 120_000);

    test("drafts descriptions for products that have none; what is accepted is in the catalogue, and nothing else", async () => {
      const { catalog, editor, drafter } = engine.services;
      const skus = ["laptop", "tent", "basketball"];
      for (const sku of skus) await editor.update(sku, { description: "" });
      const seen: DraftingProgress[] = [];
      await drafter.start();
      await expect(drafter.start()).rejects.toMatchObject({ code: "BUSY" });
      for await (const progress of drafter.watch()) seen.push(progress);
      expect(seen.at(-1)).toMatchObject({ state: "done", total: 3, done: 3, drafted: 3, failedCount: 0 });
      const { items, total } = await drafter.list({ page: 1, pageSize: 20 });
      expect([total, new Set(items.map(({ sku }) => sku))]).toEqual([3, new Set(skus)]);
      for (const sku of skus) expect((await catalog.get(sku)).description).toBe("");
      await drafter.accept("laptop", "A silver laptop.");
      expect((await catalog.get("laptop")).description).toBe("A silver laptop.");
      await expect(drafter.accept("laptop", "again")).rejects.toMatchObject({ code: "DRAFT_NOT_FOUND" });
      await drafter.reject("tent");
      await editor.update("basketball", { description: "Somebody was quicker." });
      await expect(drafter.accept("basketball", "late")).rejects.toMatchObject({ code: "INVALID_INPUT" });
      expect((await catalog.get("basketball")).description).toBe("Somebody was quicker.");
      // What was rejected is not drafted again by the same model.
      await drafter.start();
      for await (const progress of drafter.watch()) seen.push(progress);
      expect(seen.at(-1)).toMatchObject({ state: "done", total: 0, drafted: 0 });
      expect(await drafter.status()).toMatchObject({ enabled: true, waiting: 0 });
    }, 120_000);

    test("stops drafting when it is told to; what is drafted stays", async () => {
      const { catalog, editor, drafter } = engine.services;
      for (const sku of (await catalog.allSkus()).slice(0, 30)) await editor.update(sku, { description: "" });
      await drafter.start();
      for await (const { drafted } of drafter.watch()) if (drafted > 0) break;
      const { job, waiting } = await drafter.cancel();
      expect(job).toMatchObject({ state: "cancelled" });
      expect(waiting).toBe(job?.drafted);
      expect(waiting).toBeGreaterThan(0);
    }, 120_000);

    test("a match that is cancelled while the model writes ends there, and stays in the journal as it stood", async () => {
      await engine.close();
      engine = await open({ SHELFMATCH_DESCRIBER_MAX_TOKENS: "700" });
      const cancel = new AbortController();
      const picture = await photo(NAME);
      let runId = "";
      const run = async () => {
        for await (const result of engine.services.matcher.match({ picture, describe: true }, cancel.signal)) {
          runId = result.runId;
          if (result.describing) setTimeout(() => cancel.abort(), 100);
        }
      };
      await expect(run()).rejects.toMatchObject({ code: "CANCELLED" });
      expect(await engine.services.journal.run(runId)).toMatchObject({ error: null, result: { stage: "refined" } });
    }, 120_000);

    test("answers as without it while the server is gone, says so, and uses it when it is back", async () => {
      const picture = await photo("cactus-on-brick.jpg");
      const { port } = server;
      await engine.close();
      engine = await open({ SHELFMATCH_DESCRIBER_MAX_TOKENS: "64" });
      await server.kill();
      const results = await ask({ picture });
      expect(results.map(({ stage }) => stage)).toEqual(["visual", "verified", "refined", "described"]);
      const [, , refined, described] = results;
      expect(refined?.warnings).toEqual([]);
      expect(described?.warnings.join()).toMatch(/^Describing the picture failed: Triton at http.* is not reachable/);
      expect(described).toMatchObject({ verdict: refined?.verdict, matches: refined?.matches, described: null });
      const { components, status } = await engine.services.health();
      expect(components.find(({ name }) => name === "describer")).toMatchObject({ state: "degraded" });
      expect(status).toBe("degraded");
      // Last of the suite: a server that is started now inherits what this process holds open, the index's lock among it.
      await server.start(port);
      // The breaker may hold calls back for a moment.
      for (const end = Date.now() + 60_000; ; await sleep(500)) {
        const last = (await ask({ picture })).at(-1);
        if (last?.described?.by === "model") break;
        if (Date.now() > end) expect.fail(last?.warnings.join());
      }
    }, 180_000);
  });
}
