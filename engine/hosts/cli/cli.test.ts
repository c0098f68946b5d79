import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineFactory } from "../hosted-engine.ts";
import { openTestServices, type TestServices, testPng } from "../testing/services.ts";
import { runCli } from "./program.ts";

let folder: string;
let engine: TestServices | null;
let started = 0;
const running: { stop: AbortController; ended: Promise<unknown> }[] = [];

const createEngine: EngineFactory = async ({ dataFolder }) => {
  started++;
  engine = await openTestServices(dataFolder);
  const { services, close } = engine;
  return { services, close };
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-cli-"));
  started = 0;
});
afterEach(async () => {
  for (const { stop, ended } of running.splice(0)) {
    stop.abort();
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(args: string[], env: Record<string, string> = {}) {
  const stop = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = { out: "", err: "" };
  stdout.on("data", (chunk) => {
    texts.out += chunk;
  });
  stderr.on("data", (chunk) => {
    texts.err += chunk;
  });
  const io = { stdout, stderr, env: { SHELFMATCH_DATA: "data", ...env }, cwd: folder, signal: stop.signal };
  const ended = runCli(args, io, createEngine).then((code) => ({ code, ...texts }));
  return { stop, texts, ended };
}

const run = (...args: string[]) => start(args).ended;
const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => JSON.parse(each));

/** `serve` in the background: what a second door attaches to. */
async function serving(...args: string[]): Promise<string> {
  const server = start(["serve", "--port", "0", "--json", ...args]);
  running.push(server);
  await vi.waitFor(() => expect(server.texts.out).toContain("url"), 10_000);
  return String(jsonLines(server.texts.out)[0]?.url);
}

async function pictures(...names: string[]): Promise<string[]> {
  const png = await testPng();
  for (const name of names) writeFileSync(join(folder, name), png);
  return names;
}

async function addProducts(...skus: string[]): Promise<void> {
  for (const sku of skus) {
    const draft = { sku, name: `Name of ${sku}`, category: "Shoes", price: "12.50", currency: "EUR", brand: "" };
    await engine?.services.catalog.create({ ...draft, barcode: null, description: "", attributes: {} }, []);
  }
}

async function photoFolder(): Promise<void> {
  mkdirSync(join(folder, "photos"));
  for (const side of [4, 5]) writeFileSync(join(folder, "photos", `${side}.png`), await testPng(side));
  writeFileSync(join(folder, "photos", "broken.jpg"), "no picture");
}

it("batch: a line a picture, a table in a file, and an exit code that says that some failed", async () => {
  await photoFolder();
  const { code, out, err } = await run("batch", "photos", "--csv", "out.csv", "--json");
  expect(code).toBe(2);
  expect(jsonLines(out).map(({ file, state }) => [file, state])).toEqual([
    ["4.png", "done"],
    ["5.png", "done"],
    ["broken.jpg", "failed"],
  ]);
  expect(err).toContain("1 failed");
  expect(readFileSync(join(folder, "out.csv"), "utf8").trim().split("\r\n")).toHaveLength(4);
});

it("batch --watch: takes what comes until Ctrl-C, which pauses it; --resume goes on", async () => {
  await photoFolder();
  const watching = start(["batch", "photos", "--watch"]);
  await vi.waitFor(() => expect(watching.texts.out).toContain("broken.jpg"), 10_000);
  writeFileSync(join(folder, "photos", "6.png"), await testPng(6));
  await vi.waitFor(() => expect(watching.texts.out).toContain("6.png"), 20_000);
  watching.stop.abort();
  const { code, err } = await watching.ended;
  expect(code).toBe(130);
  const id = /--resume (\S+)/.exec(err)?.[1] ?? "";
  const resumed = start(["batch", "--resume", id]);
  await vi.waitFor(() => expect(resumed.texts.out).toContain("6.png"), 10_000);
  resumed.stop.abort();
  expect((await resumed.ended).code).toBe(130);
  expect(await run("batch")).toMatchObject({ code: 64 });
});

describe.each(["its own engine", "the engine that runs"])("with %s", (door) => {
  beforeEach(async () => {
    if (door === "the engine that runs") await serving();
  });

  it("match: one JSON line a picture, in order, failures among them, exit 1", async () => {
    const names = await pictures("b.png", "a.png");
    mkdirSync(join(folder, "folder"));
    writeFileSync(join(folder, "text.jpg"), "no picture");
    const images = ["b.png", "missing.png", "folder", "text.jpg", "a.png"];
    const { code, out } = await run("match", "--json", ...images);
    const lines = jsonLines(out);
    expect(lines.map(({ image }) => image)).toEqual(images);
    expect(lines.filter(({ error }) => error === undefined).map(({ image }) => image)).toEqual(names);
    expect(lines[0]).toEqual({
      image: "b.png",
      runId: expect.any(String),
      verdict: "match",
      matches: [],
      description: null,
      timings: { visual: 2, total: 3 },
    });
    expect(lines[1]).toEqual({
      image: "missing.png",
      error: { code: "FILE_NOT_FOUND", message: expect.stringContaining("missing.png"), retryable: false },
    });
    expect(lines[2]?.error).toMatchObject({ code: "IMAGE_UNREADABLE", message: expect.stringContaining("a folder") });
    expect(lines[3]?.error).toMatchObject({ code: "IMAGE_UNREADABLE", message: expect.stringContaining("text.jpg") });
    expect(code).toBe(1);
    expect(started).toBe(1);
  });

  it("match: a loop of links is the file's trouble, and no name steers the terminal", async () => {
    symlinkSync("loop.jpg", join(folder, "loop.jpg"));
    const { out } = await run("match", "--json", "loop.jpg");
    expect(jsonLines(out)[0]?.error).toMatchObject({
      code: "FILE_NOT_READABLE",
      message: expect.stringContaining("loop.jpg"),
    });
    const table = await run("match", "\u001b[2Jevil.jpg");
    expect(table.out).toContain("FILE_NOT_FOUND");
    const said = await run("products", "show", "\u001b[2Jevil");
    expect(said.err).toContain("PRODUCT_NOT_FOUND");
    expect(table.out + said.err).not.toContain("\u001b");
  });

  it("match: hundreds of pictures, all answered, exit 0", async () => {
    await pictures("a.png");
    const { code, out } = await run("match", "--json", ...Array.from({ length: 300 }, () => "a.png"));
    expect(jsonLines(out).length).toBe(300);
    expect(code).toBe(0);
  });

  it("import: paths are the caller's; the last line sums up", async () => {
    mkdirSync(join(folder, "shop"));
    writeFileSync(join(folder, "shop", "products.csv"), "sku\na\n");
    const { code, out } = await run("import", "shop", "--json");
    expect(jsonLines(out)).toEqual([{ products: 1, images: 0, failed: [], seconds: expect.any(Number) }]);
    expect(code).toBe(0);
    expect(engine?.imported[0]?.source).toEqual({ kind: "path", path: join(folder, "shop") });
  });

  it("journal: lines oldest first", async () => {
    await run("search", "--text", "break");
    const { out } = await run("journal", "--level", "error", "--json");
    expect(jsonLines(out)).toEqual([expect.objectContaining({ level: "error", component: "api" })]);
  });

  it("an error of the whole command is one JSON line and a sentence, exit 1", async () => {
    const { code, out, err } = await run("products", "show", "gone", "--json");
    expect(jsonLines(out)).toEqual([
      { error: { code: "PRODUCT_NOT_FOUND", message: expect.stringContaining("gone"), retryable: false } },
    ]);
    expect(err).toContain("PRODUCT_NOT_FOUND");
    expect(code).toBe(1);
  });
});

describe("products", () => {
  beforeEach(async () => {
    await serving();
    await addProducts("a", "b", "c");
  });

  it("list, show and delete", async () => {
    expect(jsonLines((await run("products", "list", "--json", "--limit", "2")).out).map(({ sku }) => sku)).toEqual([
      "a",
      "b",
    ]);
    expect((await run("products", "list")).out).toMatch(/^a +Name of a +Shoes +12\.50 EUR +0 +pending$/m);
    expect((await run("products", "show", "b")).out).toMatch(/^name +Name of b$/m);
    const deleted = await run("products", "delete", "a", "gone", "--json");
    expect(jsonLines(deleted.out).map((each) => each.deleted)).toEqual([true, false]);
    expect(deleted.code).toBe(1);
    expect(jsonLines((await run("products", "list", "--json")).out).length).toBe(2);
  });

  it("search prints a table; its names can't steer the terminal", async () => {
    await engine?.services.catalog.update("a", { name: "evil\u001b[2Jname" });
    const { out } = await run("search", "--text", "boots", "--top", "1");
    expect(out).toMatch(/97\.0 % +a +evil \[2Jname +Shoes +12\.50 EUR/);
  });

  it("match --json has the candidate's plain fields and no more", async () => {
    await pictures("a.png");
    const { out } = await run("match", "a.png", "--json", "--top", "1");
    expect(jsonLines(out)[0]?.matches).toEqual([
      {
        ...{ sku: "a", name: "Name of a", category: "Shoes", price: "12.50", currency: "EUR" },
        ...{ confidence: 0.97, similarity: { image: 0.9, text: null, textToImage: null } },
      },
    ]);
  });
});

describe("serve", () => {
  it("answers with the pages' door, and ends on Ctrl-C leaving the folder free", async () => {
    const url = await serving();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const server = running.pop();
    server?.stop.abort();
    expect(await server?.ended).toMatchObject({ code: 0 });
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    expect(await run("doctor", "--json")).toMatchObject({ out: expect.stringContaining('"engine","ok":true') });
  });

  it("a second one tells where the first is; on another port it is refused", async () => {
    const url = await serving();
    expect((await run("serve")).out).toContain(url);
    const refused = await run("serve", "--port", "0", "--json");
    expect(jsonLines(refused.out)[0]?.error).toMatchObject({ code: "ENGINE_RUNNING" });
    expect(refused.code).toBe(1);
    expect(started).toBe(1);
  });

  it("refuses to open to other machines without a token, and lets go of the folder", async () => {
    const refused = await run("serve", "--host", "0.0.0.0");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("server.token");
    await serving();
  });

  it("what another command hosts is not open to anybody without its token", async () => {
    const journal = start(["journal", "--follow", "--json"]);
    running.push(journal);
    await vi.waitFor(() => expect(started).toBe(1));
    const { code, out } = await run("doctor", "--json");
    expect(out).toContain("running already");
    expect(code).toBeLessThanOrEqual(1);
    const info = JSON.parse((await import("node:fs")).readFileSync(join(folder, "data", "engine.json"), "utf8"));
    expect((await fetch(`${info.endpoint}/api/v1/products`)).status).toBe(401);
    expect(started).toBe(1);
  });
});

describe("journal --follow", () => {
  it("shows new lines of the running engine and ends on Ctrl-C", async () => {
    await serving();
    const following = start(["journal", "--follow", "--json", "--level", "warn"]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const line = { time: Date.now(), component: "test", runId: null, data: null };
    engine?.services.journal.log({ ...line, level: "info", message: "too low" });
    engine?.services.journal.log({ ...line, level: "warn", message: "look here" });
    await vi.waitFor(() => expect(following.texts.out).toContain("look here"), 5000);
    following.stop.abort();
    expect(await following.ended).toMatchObject({ code: 0 });
    expect(following.texts.out).not.toContain("too low");
  });
});

describe("usage", () => {
  it.each([
    [[]],
    [["nonsense"]],
    [["match"]],
    [["search"]],
    [["match", "a.png", "--top", "0"]],
    [["match", "a.png", "--top", "many"]],
    [["journal", "--level", "loud"]],
    [["journal", "--since", "yesterdayish"]],
    [["serve", "--port", "70000"]],
    [["import"]],
    [["products", "list", "--nonsense"]],
  ])("%j is a usage error: 64, nothing on stdout, no engine", async (args) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(64);
    expect(out).toBe("");
    expect(err).not.toBe("");
    expect(started).toBe(0);
  });

  it("help and version are no errors", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, out: expect.stringContaining("import") });
    expect(await run("--version")).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });
});

it("a broken settings file is said by name, and stays as it is", async () => {
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "config.json"), "{ half");
  const { code, err } = await run("products", "list");
  expect(code).toBe(1);
  expect(err).toMatch(/SETTINGS_INVALID.*config\.json/);
});

it("an engine that can't start says why, with the stack on stderr only", async () => {
  const stop = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdout, stderr, env: {}, cwd: folder, signal: stop.signal };
  const code = await runCli(["products", "list", "--json", "--data", "d"], io, () =>
    Promise.reject(new Error("no weights")),
  );
  expect(code).toBe(1);
  const [line] = jsonLines(String(stdout.read()));
  expect(line?.error).toMatchObject({ code: "INTERNAL", message: expect.stringContaining("no weights") });
  expect(JSON.stringify(line)).not.toContain("cli.test.ts");
  expect(String(stderr.read())).toContain("cli.test.ts");
});

it("Ctrl-C in the middle of a match ends it: 130", async () => {
  await pictures("a.png");
  const waiting = start(["match", "a.png", "--text", "wait", "--json"]);
  await vi.waitFor(() => expect(engine?.waiting()).toBe(1), 20_000);
  waiting.stop.abort();
  expect((await waiting.ended).code).toBe(130);
  expect(engine?.cancelled()).toBe(1);
});

it("the engine of another command ends with it: who was attached goes on with one of its own", async () => {
  await pictures("a.png");
  const host = start(["match", "a.png", "--text", "wait", "--json"]);
  running.push(host);
  await vi.waitFor(() => expect(existsSync(join(folder, "data", "engine.json"))).toBe(true));
  const attached = start(["match", "--json", ...Array.from({ length: 400 }, () => "a.png")]);
  await vi.waitFor(() => expect(attached.texts.out).toContain("runId"));
  host.stop.abort();
  const { code, out } = await attached.ended;
  const lines = jsonLines(out);
  expect(lines.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(lines).toHaveLength(400);
  expect(code).toBe(0);
  expect(started).toBe(2);
});

describe("eval", () => {
  const photos = async () => {
    for (const sku of ["A-1", "B-2", "unknown", "_absent"]) mkdirSync(join(folder, "shelf", sku), { recursive: true });
    for (const [i, sku] of ["A-1", "B-2", "unknown", "_absent"].entries()) {
      writeFileSync(join(folder, "shelf", sku, "photo.png"), await testPng(4 + i));
    }
  };

  it("measures labelled photos: figures on stdout, what was left out on stderr, the report in a file", async () => {
    await serving();
    await addProducts("A-1", "B-2");
    await photos();
    const options = ["--queries", "shelf", "--against", "precision=0.99", "--html", "r.html", "--csv", "r.csv"];
    const { code, out, err } = await run("eval", ...options);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("unknown") });
    expect(out).toContain("3 queries, shelf");
    expect(out).toMatch(/Found first +0\.500/);
    expect(out).toContain("The second setting less the first");
    expect(readFileSync(join(folder, "r.html"), "utf8")).toContain("<svg");
    expect(readFileSync(join(folder, "r.csv"), "utf8").trim().split("\r\n")).toHaveLength(4);
    const again = await run("eval", "--queries", "shelf", "--json");
    expect(jsonLines(again.out)[0]).toMatchObject({
      ...{ state: "done", queries: 3, present: 2, absent: 3, recallAt1: { value: 0.5 }, mrr: { value: 0.75 } },
      notes: [expect.stringContaining("unknown")],
    });
  });

  it("says what can't be asked, and refuses what it does not know", async () => {
    await serving();
    const { code, out } = await run("eval", "--queries", "nowhere", "--json");
    expect({ code, error: jsonLines(out)[0]?.error }).toEqual({
      code: 1,
      error: { code: "FILE_NOT_FOUND", message: expect.stringContaining("nowhere") },
    });
    const usage = await run("eval", "--against", "magic=on");
    expect({ code: usage.code, err: usage.err }).toEqual({ code: 64, err: expect.stringContaining('"magic"') });
    expect((await run("eval", "--queries", "x", "--feedback")).code).toBe(64);
  });
});
