import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Backup } from "../../shared/contract/data.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import type { MatchResult } from "../../shared/contract/match.ts";
import { loadConfig } from "../config/load.ts";
import { createEngine, type Engine } from "../engine.ts";
import { endRestore } from "./swap.ts";

/** There and back with the real engine, which goes on changing its data meanwhile. */

const SEED = join(import.meta.dirname, "..", "..", "seed");
const NAMES = ["basketball", "tent", "laptop", "orchid", "tablet", "tripod"];
const MODEL = "dinov2-small.fp16.onnx";
const TOKEN = "a token nobody may read";
let root: string;
let engine: Engine;

const open = async (name: string, env = {}) => {
  const dataFolder = join(root, name);
  await endRestore(dataFolder).catch((error: unknown) => expect.fail(String(error)));
  const config = await loadConfig({ dataFolder, env });
  return { engine: await createEngine({ dataFolder, config, onNotice: (notice) => expect.fail(notice) }), config };
};
const image = async (name: string) => ({
  name: `${name}.jpg`,
  bytes: await readFile(join(SEED, "images", `${name}.jpg`)),
});
const draft = (sku: string) => productDraftSchema.parse({ sku, name: `Thing ${sku}`, price: "1.50", currency: "EUR" });

async function ask(who: Engine, name: string): Promise<MatchResult> {
  let last: MatchResult | null = null;
  const picture = { name, bytes: await readFile(join(SEED, "queries", name)) };
  for await (const result of who.services.matcher.match({ picture })) last = result;
  if (last === null) throw new Error("no answer");
  return last;
}
const answerOf = ({ verdict, matches }: MatchResult) => ({
  verdict,
  matches: matches.map(({ sku, confidence, similarity }) => ({ sku, confidence, similarity })),
});

async function backUp(who: Engine, path: string): Promise<Backup> {
  let made: Backup | null = null;
  for await (const event of who.services.data.backup({ path })) {
    if (event.kind === "done") made = event.backup;
    if (event.kind === "progress") expect(event.done).toBeLessThanOrEqual(event.total);
    if (event.kind === "note") expect.fail(event.text);
  }
  if (made === null) throw new Error("no backup");
  return made;
}

async function restoreInto(who: Engine, path: string) {
  for await (const event of who.services.data.check(path, undefined)) {
    if (event.kind !== "ready") continue;
    const { staged } = await who.services.data.restore(event.restore.id);
    expect(staged).toMatchObject({ id: event.restore.id, armed: true });
    return event.restore;
  }
  throw new Error("not ready");
}

async function whole({ services: { catalog, journal } }: Engine) {
  const { items } = await catalog.list({ sort: "sku", order: "asc", page: 1, pageSize: 1000 });
  const pictures = items.flatMap((product) => product.pictures.map(({ hash }) => hash));
  const bytes = await Promise.all(
    pictures.map(async (hash) => Buffer.from((await catalog.picture(hash, "full")).bytes).toString("base64")),
  );
  return { items, bytes, runs: await journal.runs({ limit: 100 }) };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "shelfmatch-backup-"));
  const opened = await open("one");
  engine = opened.engine;
  for (const name of NAMES) await engine.services.editor.create(draft(name), [await image(name)]);
  await engine.services.indexer.settled();
  const { runId } = await ask(engine, "basketball-blurred.jpg");
  await engine.services.journal.addFeedback(runId, {
    answer: "right",
    sku: null,
    note: null,
    time: new Date().toISOString(),
  });
  await mkdir(join(root, "one", "models"));
  await writeFile(join(root, "one", "models", MODEL), "a graph");
  await opened.config.update({ "match.top": 3, "server.port": 7999, "server.token": TOKEN });
}, 120_000);
afterAll(async () => {
  await engine.close();
  await rm(root, { recursive: true, force: true });
});

test("products, pictures, runs, log, feedback, settings and answers are the same, and nothing is embedded anew", async () => {
  const file = join(root, "a.zip");
  const before = { ...(await whole(engine)), answer: answerOf(await ask(engine, "football-overexposed.jpg")) };
  const runs = await engine.services.journal.runs({ limit: 100 });
  await engine.services.journal.flush();
  const { entries } = await engine.services.journal.list({ limit: 1000 });
  const made = await backUp(engine, file);
  expect(made.contents.counts).toMatchObject({ products: 6, pictures: 6, vectors: 30, runs: 2 });
  expect((await readFile(file)).includes(TOKEN)).toBe(false);
  expect(await readdir(join(root, "one", "backups"))).toEqual([]);

  let { engine: other } = await open("two");
  await other.services.editor.create(draft("only here"), [await image("orchid")]);
  await other.services.indexer.settled();
  await restoreInto(other, file);
  // Until the next start it is as it was.
  expect((await whole(other)).items.map(({ sku }) => sku)).toEqual(["only here"]);
  await other.close();

  const said = await endRestore(join(root, "two"));
  expect(said).toContain("before-restore-");
  const again = await open("two");
  other = again.engine;
  try {
    expect(await other.services.catalog.pending(10)).toEqual([]);
    expect(await other.services.health()).toMatchObject({
      status: "ready",
      products: { total: 6, indexed: 6, pending: 0 },
    });
    const after = await whole(other);
    expect(after.items).toEqual(before.items);
    expect(after.bytes).toEqual(before.bytes);
    expect(after.runs).toEqual(runs);
    const lines = (await other.services.journal.list({ limit: 1000 })).entries.map(({ id }) => id);
    expect(lines).toEqual(expect.arrayContaining(entries.map(({ id }) => id)));
    expect(after.runs.map((run) => run.feedback?.answer ?? null)).toContain("right");
    expect(again.config.current.match.top).toBe(3);
    expect(again.config.current.server).toMatchObject({ port: 7999, token: null });
    expect(answerOf(await ask(other, "football-overexposed.jpg"))).toEqual(before.answer);
    expect(await readFile(join(root, "two", "models", MODEL), "utf8")).toBe("a graph");

    const { previous } = await other.services.data.overview();
    expect(previous).toMatchObject([{ path: join(root, "two", previous[0]?.name ?? "") }]);
    await expect(other.services.data.deletePrevious("../one")).rejects.toMatchObject({ code: "BACKUP_NOT_FOUND" });
    expect((await other.services.data.deletePrevious(previous[0]?.name ?? "")).previous).toEqual([]);
  } finally {
    await other.close();
  }
}, 120_000);

test("of a catalogue that is being changed it holds one state, every picture of it there", async () => {
  const file = join(root, "b.zip");
  let stop = false;
  const changing = (async () => {
    for (let i = 0; !stop; i++) {
      const name = NAMES[i % NAMES.length] ?? "tent";
      await engine.services.editor.delete(name);
      await engine.services.editor.create(draft(name), [await image(name)]);
    }
  })();
  const made = await backUp(engine, file);
  stop = true;
  await changing;
  expect([5, 6]).toContain(made.contents.counts.products);
  const { engine: other } = await open("three");
  await restoreInto(other, file);
  await other.close();
  const { engine: again } = await (async () => {
    await endRestore(join(root, "three"));
    return open("three");
  })();
  try {
    const { items, bytes } = await whole(again);
    expect(items).toHaveLength(made.contents.counts.products);
    expect(bytes.every((one) => one.length > 0)).toBe(true);
    await again.services.indexer.settled();
    expect((await again.services.health()).products).toMatchObject({ failed: 0 });
  } finally {
    await again.close();
  }
  await engine.services.indexer.settled();
}, 120_000);

test("a cancelled backup leaves nothing, and one at a time is made", async () => {
  const path = join(root, "c.zip");
  const stop = new AbortController();
  const first = engine.services.data.backup({ path }, stop.signal)[Symbol.asyncIterator]();
  stop.abort();
  const begun = first.next();
  const second = engine.services.data.backup({ path: join(root, "d.zip") })[Symbol.asyncIterator]();
  await expect(second.next()).rejects.toMatchObject({ code: "BUSY" });
  await expect(begun).rejects.toMatchObject({ code: "CANCELLED" });
  expect((await readdir(root)).filter((name) => /[cd]\.zip/.test(name))).toEqual([]);
});

test("a file that is there is not written over unasked, and a folder that is not there is named", async () => {
  const path = join(root, "there.zip");
  await copyFile(join(SEED, "products.csv"), path);
  await expect(backUp(engine, path)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  const nowhere = join(root, "nowhere", "e.zip");
  await expect(backUp(engine, nowhere)).rejects.toMatchObject({
    code: "FILE_NOT_READABLE",
    message: expect.stringContaining(nowhere),
  });
});
