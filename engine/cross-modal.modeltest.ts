import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportMissing } from "../scripts/servers/exported.mjs";
import { layOutModels, prepareTriton, startTriton } from "../scripts/servers/triton.mjs";
import type { MatchResult } from "../shared/contract/match.ts";
import { loadConfig } from "./config/load.ts";
import { createTokenizer } from "./encode/tokenizer.ts";
import { createTritonControl } from "./encode/triton/control.ts";
import { createTritonPictureText } from "./encode/triton/picture-text.ts";
import { connectTriton } from "./encode/triton/server.ts";
import { setParameter } from "./encode/triton/testing/repository.ts";
import { createEngine, type Engine } from "./engine.ts";
import type { MatchRequest } from "./services.ts";
import { askTransformers, IMAGE_TOWER, makePair, type Reference, TEXT_TOWER } from "./testing/clip-pair.ts";

/**
 * Words that find pictures, by a real pair of towers: exported, served by a real Triton and run inside the app, and
 * compared with what transformers says of the same words and pictures.
 */

const SEED = join(import.meta.dirname, "..", "seed");
const TEXTS = ["leather boots", "A SMALL camera", "something to sit on", "orange ball for the team"];
/** As the model repository names them: with their precision. */
const [SERVED_IMAGE, SERVED_TEXT] = [`${IMAGE_TOWER}-fp32`, `${TEXT_TOWER}-fp32`];
const { install, missing: noTriton } = prepareTriton();
const missing = exportMissing() ?? noTriton;
/** Vectors are kept in 16 bits or fewer. */
const TOLERANCE = 5e-3;

describe.skipIf(missing !== null)(`words find pictures${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let folder: string;
  let pair: string;
  let repository: string;
  let triton: Awaited<ReturnType<typeof startTriton>>;
  let reference: Reference;
  let engine: Engine;
  const notices: string[] = [];

  const onTriton = (): Record<string, string> => ({
    SHELFMATCH_PARTS_ENCODER: "triton",
    SHELFMATCH_TRITON_URL: triton.url,
    SHELFMATCH_TRITON_IMAGE_MODEL: SERVED_IMAGE,
  });
  async function open(dataFolder: string, env: Record<string, string>): Promise<Engine> {
    notices.length = 0;
    const config = await loadConfig({ dataFolder, env: { SHELFMATCH_ENCODER_CACHE_ENTRIES: "0", ...env } });
    return createEngine({ dataFolder, config, onNotice: (message) => notices.push(message) });
  }
  async function importSample(into: Engine): Promise<void> {
    const { importId } = await into.services.importer.start({ kind: "path", path: join(SEED, "products.csv") });
    for await (const { state } of into.services.importer.watch(importId)) if (state === "failed") expect.fail();
    await into.services.indexer.settled();
  }
  async function ask(request: MatchRequest, of: Engine = engine): Promise<MatchResult> {
    let last: MatchResult | undefined;
    for await (const result of of.services.matcher.match(request)) last = result;
    if (last === undefined) throw new Error("no answer");
    return last;
  }
  /** What the answer says of words and pictures is what transformers says, of every candidate. */
  function agrees({ matches }: MatchResult, text: number): void {
    const wanted = reference.bySku[text] ?? new Map<string, number>();
    const order = [...wanted].sort(([, a], [, b]) => b - a).map(([sku]) => sku);
    for (const { sku, similarity } of matches) {
      expect(Math.abs((similarity.textToImage ?? Number.NaN) - (wanted.get(sku) ?? 0))).toBeLessThan(TOLERANCE);
    }
    const found = matches.map(({ sku }) => sku);
    const byPicture = matches.toSorted((a, b) => (b.similarity.textToImage ?? 0) - (a.similarity.textToImage ?? 0));
    expect(found).toEqual(expect.arrayContaining(order.slice(0, 20)));
    const best = byPicture[0]?.similarity.textToImage ?? 0;
    expect((wanted.get(order[0] ?? "") ?? 0) - (wanted.get(byPicture[0]?.sku ?? "") ?? 0)).toBeLessThan(TOLERANCE);
    expect(best).toBeGreaterThan((wanted.get(order.at(-1) ?? "") ?? 1) + 0.1);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-cross-modal-"));
    pair = join(folder, "pair");
    makePair(pair);
    reference = await askTransformers(pair, TEXTS);
    repository = join(folder, "repository");
    layOutModels(repository);
    layOutModels(repository, ["--graphs", pair, "--weights", pair, "--instances", "1"]);
    // The sister under another name that says that it is of other weights.
    const other = join(repository, "other-text");
    await cp(join(repository, SERVED_TEXT), other, { recursive: true });
    const config = (await readFile(join(other, "config.pbtxt"), "utf8")).replace(SERVED_TEXT, "other-text");
    await writeFile(join(other, "config.pbtxt"), setParameter(config, "space", "clip-vit-b32-random-1"));
    if (install === null) throw new Error(noTriton ?? "");
    triton = await startTriton(install, {
      repository,
      models: ["efficientnet-lite0", "all-minilm-l6-v2", SERVED_IMAGE],
    });
    await mkdir(join(folder, "data", "models"), { recursive: true });
    const tokenizer = `${TEXT_TOWER}-tokenizer.json`;
    await cp(join(pair, tokenizer), join(folder, "data", "models", tokenizer));
    engine = await open(join(folder, "data"), onTriton());
    await importSample(engine);
  }, 600_000);
  afterAll(async () => {
    await engine?.close();
    await triton?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test("the engine's tokenizer makes the same tokens, and what its model declares where the tokenizer leaves it out", () => {
    const rules = { maxTokens: 77, lowerCase: true, endMark: "<|endoftext|>" };
    const whole = createTokenizer(join(pair, `${TEXT_TOWER}-tokenizer.json`), rules);
    expect(TEXTS.map(whole)).toEqual(reference.ids);
    const long = whole("leather boots ".repeat(100));
    expect([long.length, long.at(-1)]).toEqual([77, reference.ids[0]?.at(-1)]);
    // Neither lower case nor marks are in this tokenizer; there is no mark at the beginning that it could leave out.
    const bare = createTokenizer(join(pair, "bare.json"), rules);
    expect(TEXTS.map(bare)).toEqual(reference.ids.map(([, ...ids]) => ids));
    expect(() => createTokenizer(join(pair, "bare.json"), { ...rules, endMark: "<eos>" })).toThrow(/no token <eos>/);
  });

  test.each(TEXTS.map((text, place) => ({ text, place })))(
    "on Triton: “$text” is compared with the pictures as transformers does",
    async ({ text, place }) => {
      const result = await ask({ text, top: 54 });
      agrees(result, place);
      expect(result.verdict).not.toBe("none");
      expect(result.fingerprint).toMatch(/^clip-vit-b32-image-reduced-fp32-32-/);
      expect(result.warnings.join("\n")).toMatch(/words fit the pictures counts for the order alone/);
      expect(result.timings.pictures).toBeGreaterThan(0);
      // What the words say of texts is still there, and confidence is theirs.
      expect(result.matches.some(({ similarity }) => similarity.text !== null)).toBe(true);
    },
    60_000,
  );

  test("health and the choice of encoders name what finds pictures by words; a photo is answered as ever", async () => {
    const { components } = await engine.services.health();
    expect(components).toContainEqual(
      expect.objectContaining({ name: "encoder", adapter: "triton, words to pictures", state: "ready" }),
    );
    const { setting, choices } = await engine.services.encoders.list();
    expect(setting).toBe("triton.imageModel");
    expect(choices).toContainEqual(
      expect.objectContaining({ name: SERVED_IMAGE, side: 64, dimensions: 32, findsByWords: true, searched: true }),
    );
    const bytes = new Uint8Array(await readFile(join(SEED, "images", "laptop.jpg")));
    const { matches, warnings } = await ask({ picture: { name: "laptop.jpg", bytes } });
    expect(matches[0]).toMatchObject({ sku: "laptop", similarity: { textToImage: null } });
    expect(warnings.join("\n")).not.toMatch(/words/);
  });

  test("without the sister words are compared with texts, with a warning; it is used again when it is back", async () => {
    const kept = join(folder, "kept");
    const control = createTritonControl(
      connectTriton((await loadConfig({ dataFolder: folder, env: onTriton() })).current.triton),
    );
    await rename(join(repository, SERVED_TEXT), kept);
    await control.unload(SERVED_TEXT);
    const without = await ask({ text: TEXTS[0] ?? "", top: 54 });
    expect(without.matches.length).toBeGreaterThan(20);
    expect(without.matches.every(({ similarity }) => similarity.textToImage === null)).toBe(true);
    expect(without.warnings.join("\n")).toMatch(
      /compared with texts alone, not with pictures: Triton .* has no model clip/,
    );
    const health = await engine.services.health();
    expect(health.status).toBe("degraded");
    await rename(kept, join(repository, SERVED_TEXT));
    const again = await ask({ text: TEXTS[0] ?? "", top: 54 });
    agrees(again, 0);
  }, 60_000);

  test("a text model of another space is refused, by both names", async () => {
    await engine.close();
    engine = await open(join(folder, "data"), { ...onTriton(), SHELFMATCH_TRITON_PICTURE_TEXT_MODEL: "other-text" });
    const refusal =
      /other-text.* can't find pictures by words: it is of the space clip-vit-b32-random-1, and the picture model of clip-vit-b32-random-0/;
    expect(notices.join("\n")).toMatch(refusal);
    const { warnings, matches } = await ask({ text: TEXTS[0] ?? "" });
    expect(warnings.join("\n")).toMatch(refusal);
    expect(matches[0]?.similarity.textToImage).toBeNull();
    const server = connectTriton((await loadConfig({ dataFolder: folder, env: onTriton() })).current.triton);
    const options = { server, weights: join(import.meta.dirname, "..", "triton", "weights"), onNotice: () => {} };
    const folders = { folder: join(folder, "seen"), models: join(folder, "data", "models") };
    const refused = async (
      model: string,
      tower: { space: string; dimensions: number } | null,
      models = folders.models,
    ) => {
      const image = { model: SERVED_IMAGE, tower };
      const sister = createTritonPictureText({ ...options, ...folders, models, image, model });
      return sister.encode(["boots"]).catch((error: unknown) => error);
    };
    const tower = { space: "clip-vit-b32-random-0", dimensions: 32 };
    const mismatch = (message: RegExp) => ({ code: "SERVICE_MISMATCH", message: expect.stringMatching(message) });
    expect(await refused("other-text", tower)).toMatchObject(mismatch(refusal));
    expect(await refused("all-minilm-l6-v2", tower)).toMatchObject(mismatch(/declares no space/));
    expect(await refused(SERVED_TEXT, { ...tower, dimensions: 512 })).toMatchObject(mismatch(/32 dimensions.*512/));
    expect(await refused(SERVED_TEXT, null)).toMatchObject(mismatch(/declares no space that texts could share/));
    const elsewhere = join(folder, "nothing");
    expect(await refused(SERVED_TEXT, tower, elsewhere)).toMatchObject(
      mismatch(/tokenizer is not on this machine.*SHA-256/),
    );
    await server.close();
  }, 60_000);

  test("inside the app: both towers in the folder of models, with the same answers", async () => {
    await engine.close();
    const dataFolder = join(folder, "app");
    await cp(pair, join(dataFolder, "models"), { recursive: true });
    engine = await open(dataFolder, { SHELFMATCH_ENCODER_IMAGE_MODEL: IMAGE_TOWER });
    await importSample(engine);
    for (const [place, text] of TEXTS.entries()) agrees(await ask({ text, top: 54 }), place);
    const { choices } = await engine.services.encoders.list();
    expect(choices).toContainEqual(expect.objectContaining({ name: IMAGE_TOWER, place: "models", findsByWords: true }));
    expect(choices.some(({ name }) => name === TEXT_TOWER)).toBe(false);
    await engine.close();
    await rm(join(dataFolder, "models", `${TEXT_TOWER}-tokenizer.json`));
    engine = await open(dataFolder, { SHELFMATCH_ENCODER_IMAGE_MODEL: IMAGE_TOWER });
    const { warnings, matches } = await ask({ text: TEXTS[0] ?? "" });
    expect(warnings.join("\n")).toMatch(/texts alone, not with pictures: .*tokenizer is not on this machine/);
    expect(matches[0]?.similarity.textToImage).toBeNull();
  }, 120_000);
});
