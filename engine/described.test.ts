import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { reply, saying, startDescribeStandIn } from "../scripts/servers/describe-stand-in.mjs";
import { productDraftSchema } from "../shared/contract/domain.ts";
import type { MatchResult } from "../shared/contract/match.ts";
import { loadConfig } from "./config/load.ts";
import { createEngine, type Engine } from "./engine.ts";

/**
 * What a description does to an answer, and what one that fails does not: by words that a stand-in says, so that they mean
 * something. The real server is in `describer.modeltest.ts`.
 */

const SEED = join(import.meta.dirname, "..", "seed");
const PICTURED = ["camera-lens", "compact-digital-camera", "basketball", "laptop", "tent"];
const UNSEEN = { caption: "A yellow umbrella with ducks", category: "umbrella", colours: ["yellow"] };
const WORDS = { ...UNSEEN, material: "", brand: "", text: [] };
const PHOTO = "basketball-blurred.jpg";

let folder: string;
let engine: Engine;
let standIn: Awaited<ReturnType<typeof startDescribeStandIn>>;

async function ask(name = PHOTO, describe = true): Promise<MatchResult[]> {
  const picture = { name, bytes: new Uint8Array(await readFile(join(SEED, "queries", name))) };
  const results: MatchResult[] = [];
  for await (const result of engine.services.matcher.match({ picture, describe })) results.push(result);
  return results;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-described-"));
  standIn = await startDescribeStandIn(saying(WORDS));
  const env = {
    SHELFMATCH_PARTS_DESCRIBER: "triton",
    SHELFMATCH_TRITON_URL: standIn.url,
    SHELFMATCH_DESCRIBER_TOGETHER: "2",
    // What is read off a photo would bring up products by their texts, too.
    SHELFMATCH_MATCH_READ_TEXT: "false",
  };
  const config = await loadConfig({ dataFolder: folder, env });
  engine = await createEngine({ dataFolder: folder, config, onNotice: () => {} });
  const { editor, indexer } = engine.services;
  for (const sku of PICTURED) {
    const file = await readFile(join(SEED, "images", `${sku}.jpg`));
    const draft = productDraftSchema.parse({ sku, name: sku.replaceAll("-", " ") });
    await editor.create(draft, [{ name: `${sku}.jpg`, bytes: new Uint8Array(file) }]);
  }
  await editor.create(
    productDraftSchema.parse({ sku: "umbrella", name: "Children's umbrella, yellow, with ducks" }),
    [],
  );
  await indexer.settled();
}, 120_000);
afterAll(async () => {
  await engine?.close();
  await standIn?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => standIn.answers(saying(WORDS)));

test("brings up what only words can find, and is in nothing's way that is sure without it", async () => {
  const results = await ask();
  expect(results.map(({ stage }) => stage)).toEqual(["visual", "verified", "refined", "described"]);
  const [refined, described] = results.slice(-2);
  expect(refined?.matches.map(({ sku }) => sku)).not.toContain("umbrella");
  const umbrella = described?.matches.find(({ sku }) => sku === "umbrella");
  expect(umbrella?.similarity.described).toBeGreaterThan(0.6);
  expect(umbrella?.sharedWords).toEqual(expect.arrayContaining(["yellow", "umbrella", "ducks"]));
  const sure = (result: MatchResult | undefined) => [
    result?.verdict,
    result?.matches[0]?.sku,
    result?.matches[0]?.confidence,
  ];
  expect(refined?.matches[0]?.sku).toBe("basketball");
  expect(sure(described)).toEqual(sure(refined));
});

test("stands before those that nothing speaks for, and none is still what is measured", async () => {
  const [refined, described] = (await ask("not-here-coffee.jpg")).slice(-2);
  expect([refined?.verdict, described?.verdict]).toEqual(["none", "none"]);
  const matches = described?.matches ?? [];
  const place = matches.findIndex(({ sku }) => sku === "umbrella");
  expect(matches[place]?.similarity.image).toBeNull();
  expect(matches[place]?.confidence).toBeLessThan(0.01);
  expect(matches.slice(place + 1).length).toBeGreaterThan(0);
  for (const { confidence } of matches.slice(0, place)) expect(confidence).toBeGreaterThan(0.002);
});

test("is kept: the same picture asks nobody a second time", async () => {
  const before = standIn.asked.length;
  expect((await ask()).at(-1)?.described).toMatchObject({ by: "model", words: WORDS });
  expect(standIn.asked).toHaveLength(before);
});

test("answers more pictures than may be worked on at once while the model says nothing to any", async () => {
  const waiting: (() => void)[] = [];
  standIn.answers(async (asked, response) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    await saying(WORDS)(asked, response);
  });
  const names = ["cactus-on-brick", "football-overexposed", "gloves-dark", "keyboard-cropped", "not-here-bowl"];
  const refined: string[] = [];
  const running = names.map(async (name) => {
    const picture = { name, bytes: new Uint8Array(await readFile(join(SEED, "queries", `${name}.jpg`))) };
    let last: MatchResult | undefined;
    for await (const result of engine.services.matcher.match({ picture, describe: true })) {
      if (result.stage === "refined") refined.push(name);
      if (refined.length === names.length) for (const release of waiting.splice(0)) release();
      last = result;
    }
    return last;
  });
  // Those that wait for the two at once are let through as they come.
  const releasing = setInterval(() => {
    if (refined.length === names.length) for (const release of waiting.splice(0)) release();
  }, 20);
  const results = await Promise.all(running);
  clearInterval(releasing);
  expect(refined.toSorted()).toEqual(names);
  for (const result of results) expect(result).toMatchObject({ stage: "described", warnings: [] });
}, 60_000);

test("one that can't be read leaves the answer as it stood, says why, and is asked for again", async () => {
  const name = "sneakers-turned.jpg";
  standIn.answers((_, response) => reply(response, { text: '{"caption": "A sho', finish: "length" }));
  const [refined, described] = (await ask(name)).slice(-2);
  expect(described).toMatchObject({ verdict: refined?.verdict, matches: refined?.matches, described: null });
  expect(described?.warnings.join()).toMatch(/^Describing the picture failed: Triton at http.* no JSON/);
  standIn.answers(saying(WORDS));
  expect((await ask(name)).at(-1)?.described).toMatchObject({ by: "model" });
});

test("a person's words stand in its place, before the model would be asked", async () => {
  const name = "skateboard-seen-from-the-side.jpg";
  const hash = (await ask(name, false)).at(-1)?.picture?.hash ?? "";
  const before = standIn.asked.length;
  engine.services.descriptions.correct(hash, WORDS, null);
  const results = await ask(name);
  expect(results.at(-1)).toMatchObject({
    stage: "refined",
    describing: false,
    described: { by: "user", words: WORDS },
  });
  expect(results.at(-1)?.matches.find(({ sku }) => sku === "umbrella")?.similarity.text).toBeGreaterThan(0.6);
  expect(standIn.asked).toHaveLength(before);
});

test("drafting gives up where nothing is described any more, and says why", async () => {
  standIn.answers((_, response) => reply(response, { error: "internal: the graph failed" }, 400));
  const { drafter, editor } = engine.services;
  for (let n = 0; n < 10; n++) {
    const file = await readFile(join(SEED, "images", `${PICTURED[n % 5]}.jpg`));
    await editor.create(productDraftSchema.parse({ sku: `more-${n}`, name: "more" }), [{ name: "x.jpg", bytes: file }]);
  }
  await drafter.start();
  for await (const progress of drafter.watch()) if (progress.state === "failed") break;
  const { job, waiting } = await drafter.status();
  expect(job).toMatchObject({ state: "failed", drafted: 0, error: { code: "SERVICE_UNAVAILABLE" } });
  expect(job?.failed[0]?.message).toMatch(/Triton/);
  expect(waiting).toBe(0);
}, 60_000);
