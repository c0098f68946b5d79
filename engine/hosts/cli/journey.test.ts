import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

/** The command line as people type it, on the real engine and the sample catalogue, in processes of its own. */

const ROOT = join(import.meta.dirname, "..", "..", "..");
const SEED = join(ROOT, "seed");
/** Spaces and accents, as folders of people have them. */
let folder: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch jöurney "));
  mkdirSync(join(folder, "home"));
  cpSync(SEED, join(folder, "seed"), { recursive: true });
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "close");
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...args: string[]) {
  const main = join(import.meta.dirname, "main.ts");
  const { INIT_CWD: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], {
    cwd: folder,
    env: { ...env, SHELFMATCH_DATA: "däta folder", HOME: join(folder, "home"), XDG_CACHE_HOME: undefined },
  });
  children.push(child);
  const texts = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    texts.out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    texts.err += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...texts }));
  return { child, texts, ended };
}
const run = (...args: string[]) => start(...args).ended;

/** Every line of stdout: nothing but JSON may be there. */
const lines = (out: string) =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

const QUERIES = ["sneakers-turned.jpg", "keyboard-cropped.jpg", "not-here-coffee.jpg"].map((name) =>
  join("seed", "queries", name),
);

async function serving() {
  const server = start("serve", "--port", "0", "--json");
  await vi.waitFor(() => expect(server.texts.out).toContain("url"), 20_000);
  return { ...server, url: String(lines(server.texts.out)[0].url) };
}

it("imports the sample catalogue; again, nothing changes", async () => {
  for (const time of ["first", "again"]) {
    const { code, out, err } = await run("import", join("seed", "products.csv"), "--json");
    expect(lines(out).at(-1), time).toEqual({ products: 54, images: 54, failed: [], seconds: expect.any(Number) });
    expect({ code, err }).toEqual({ code: 0, err: "" });
  }
}, 60_000);

describe.each(["an engine of its own", "the engine that is served"])("with %s", (door) => {
  async function attached() {
    if (door === "the engine that is served") await serving();
  }

  it("match: one line a picture in order, a missing one among them, exit 1", async () => {
    await attached();
    const [first = "", ...rest] = QUERIES;
    const images = [first, "nowhere.jpg", ...rest];
    const { code, out, err } = await run("match", ...images, "--json", "--top", "3");
    const answers = lines(out);
    expect(answers.map(({ image }) => image)).toEqual(images);
    expect(answers[1]).toEqual({
      image: "nowhere.jpg",
      error: { code: "FILE_NOT_FOUND", message: expect.stringContaining("nowhere.jpg"), retryable: false },
    });
    const [sneakers, , keyboard, coffee] = answers;
    expect(sneakers).toEqual({
      image: first,
      runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      verdict: "match",
      matches: expect.any(Array),
      description: expect.any(Object),
      timings: expect.objectContaining({ total: expect.any(Number) }),
    });
    expect(sneakers.matches).toHaveLength(3);
    expect(sneakers.matches[0]).toEqual({
      sku: "allstar-sneakers",
      name: "Allstar Sneakers",
      category: "Footwear",
      price: "65.00",
      currency: "USD",
      confidence: expect.any(Number),
      similarity: { image: expect.any(Number), text: expect.any(Number), textToImage: null },
    });
    expect(keyboard.matches[0].sku).toBe("clacky-keyboard");
    expect(coffee.verdict).not.toBe("match");
    expect(coffee.matches).toHaveLength(3);
    expect({ code, err }).toEqual({ code: 1, err: "" });
  }, 30_000);

  it("search and doctor", async () => {
    await attached();
    const found = await run("search", "--text", "a camera for instant pictures", "--top", "2", "--json");
    expect(lines(found.out)).toMatchObject([{ text: "a camera for instant pictures", matches: [{}, {}] }]);
    const doctor = await run("doctor", "--json");
    const findings = lines(doctor.out);
    expect(findings.filter(({ ok, name }) => !ok && name !== "pages")).toEqual([]);
    expect(findings.find(({ name }) => name === "products").detail).toMatch(/^54, of them 54 indexed/);
  }, 40_000);
});

it("leaves nothing in the user's home: no library keeps or reports what it was used for", () => {
  expect(existsSync(join(folder, "home", ".cache"))).toBe(false);
});

it("products and journal of the engine that is served", async () => {
  await serving();
  expect(lines((await run("products", "list", "--json")).out)).toHaveLength(54);
  const shown = await run("products", "show", "allstar-sneakers");
  expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/^price +65\.00 USD$/m) });
  expect(lines((await run("journal", "--json", "--limit", "20")).out).length).toBeGreaterThan(0);
}, 30_000);

it("an index that is gone is made again before it is asked, and that is said on stderr", async () => {
  rmSync(join(folder, "däta folder", "index"), { recursive: true });
  const { code, out, err } = await run("match", QUERIES[0] ?? "", "--json");
  expect(lines(out)).toMatchObject([{ verdict: "match", matches: [{ sku: "allstar-sneakers" }, {}, {}, {}, {}] }]);
  expect(err).toContain("54 products are indexed first");
  expect(code).toBe(0);
}, 40_000);

it("kill -9 of the engine: who is attached hears ENGINE_GONE, and the next one starts anew", async () => {
  const server = await serving();
  const following = start("journal", "--follow", "--json", "--level", "debug");
  await vi.waitFor(() => expect(following.texts.out).toContain("The engine is ready"), 10_000);
  server.child.kill("SIGKILL");
  const { code, out, err } = await following.ended;
  expect(lines(out).at(-1)).toEqual({
    error: { code: "ENGINE_GONE", message: expect.stringContaining("Run the command again"), retryable: true },
  });
  expect(err).toMatch(/^ENGINE_GONE: [^\n]+\n$/);
  expect(code).toBe(1);
  const again = await serving();
  expect(again.url).not.toBe("");
  again.child.kill("SIGTERM");
  expect((await again.ended).code).toBe(0);
}, 40_000);

it("a library's own words never come between the lines", async () => {
  const heic = readFileSync(join(ROOT, "engine", "picture", "fixtures", "photo.heic"));
  const cut = join(folder, "cut.heic");
  writeFileSync(cut, heic.subarray(0, 900));
  const { code, out } = await run("match", "cut.heic", "--json");
  expect(lines(out)).toMatchObject([{ image: "cut.heic", error: { code: "IMAGE_UNREADABLE" } }]);
  expect(code).toBe(1);
}, 30_000);
