import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { chromiumPath, chromiumSwitches } from "../../e2e/chromium.ts";
import { openMongoCatalog } from "../../engine/catalog/mongo/mongo.ts";
import type { Catalog } from "../../engine/catalog/port.ts";
import { loadConfig } from "../../engine/config/load.ts";
import { startWebHost } from "../../engine/hosts/http/server.ts";
import { openTestServices } from "../../engine/hosts/testing/services.ts";
import { defaultConfig } from "../../shared/config.ts";
import { productQuerySchema } from "../../shared/contract/catalog.ts";
import { mongoMissing, startMongo } from "../servers/mongo.mjs";
import { fill } from "./grid-data.ts";

/**
 * The catalogue's grid at a hundred thousand products: what its queries take in the store, and in the real Chromium the
 * scripting of a step of the wheel, and the time from a key to its rows. Needs the built pages (`npm run build`).
 * SQLite's queries and scripting are told in processor time: what else the machine does is no part of it. MongoDB's work is
 * another process's, and told by the clock.
 * SHELFMATCH_BENCH_DATA names a folder whose products are used again; made where it is empty.
 */

const PRODUCTS = Number(process.env.SHELFMATCH_BENCH_PRODUCTS ?? 100_000);
const REPEATS = 15;
const STEPS = 150;
/** Three rows, as a wheel turns. */
const STEP_PIXELS = 156;
const TYPED = ["red boot", "folding tent", "nord lamp", "wooden chair 4"];

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const p95 = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
const say = (what: string, values: readonly number[]) =>
  console.log(`${what.padEnd(58)} median ${median(values).toFixed(1)} ms, 95 % ${p95(values).toFixed(1)} ms`);

const QUERIES: [string, object][] = [
  ["first window by name", { facets: false }],
  ["window at the middle", { facets: false, page: Math.ceil(PRODUCTS / 200) }],
  ["last window, by price", { facets: false, page: Math.ceil(PRODUCTS / 100), sort: "price" }],
  ["rows for one letter: b", { facets: false, text: "b" }],
  ["rows for: red bo", { facets: false, text: "red bo" }],
  ["rows for: red boot 4", { facets: false, text: "red boot 4" }],
  ["facets of all", { pageSize: 1, sort: "sku" }],
  ["facets for: red bo", { pageSize: 1, sort: "sku", text: "red bo" }],
];

/** @returns milliseconds since it was made */
type Stopwatch = () => number;

function processorTime(): Stopwatch {
  const started = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
}

function clockTime(): Stopwatch {
  const started = performance.now();
  return () => performance.now() - started;
}

async function queryTimes(catalog: Catalog, store: string, start: () => Stopwatch): Promise<void> {
  for (const [name, input] of QUERIES) {
    const query = productQuerySchema.parse({ pageSize: 100, ...input });
    const times: number[] = [];
    for (let at = 0; at < REPEATS; at += 1) {
      const time = start();
      await catalog.list(query);
      times.push(time());
    }
    say(`${store}: ${name}`, times);
  }
}

async function scroll(page: Page): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const scripting = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0) * 1000;
  };
  const grid = page.getByRole("grid");
  await grid.hover();
  const steps: number[] = [];
  for (let at = 0; at < STEPS; at += 1) {
    const before = await scripting();
    await page.mouse.wheel(0, STEP_PIXELS);
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    steps.push((await scripting()) - before);
  }
  return steps;
}

/** From the key until the rows of what is typed are in the page. */
const WATCH = `(() => {
  const grid = document.querySelector("[role=grid]");
  window.typed = [];
  let started = null;
  addEventListener("input", () => { started = performance.now(); }, true);
  new MutationObserver(() => {
    if (started === null || grid.hasAttribute("data-stale")) return;
    window.typed.push(performance.now() - started);
    started = null;
  }).observe(grid, { attributes: true, attributeFilter: ["data-stale"] });
})()`;

async function type(page: Page): Promise<number[]> {
  const box = page.getByRole("searchbox");
  await box.click();
  await page.evaluate(WATCH);
  for (const text of TYPED) {
    for (const letter of text) {
      await page.keyboard.type(letter);
      await page.waitForTimeout(400);
    }
    await box.fill("");
    await page.waitForTimeout(800);
  }
  return page.evaluate("window.typed");
}

async function mongoTimes(): Promise<void> {
  const missing = mongoMissing();
  if (missing !== null) return console.log(`mongodb: left out (${missing})`);
  const server = await startMongo({});
  try {
    const settings = { ...defaultConfig.mongo, url: server.url, database: "bench", deadlineMs: 20_000 };
    const catalog = await openMongoCatalog({ settings });
    try {
      await fill(catalog, PRODUCTS);
      await queryTimes(catalog, "mongodb", clockTime);
    } finally {
      await catalog.close();
    }
  } finally {
    await server.stop();
  }
}

export async function run(): Promise<void> {
  const given = process.env.SHELFMATCH_BENCH_DATA;
  const folder = given ?? (await mkdtemp(join(tmpdir(), "shelfmatch-bench-grid-")));
  const { services, close } = await openTestServices(folder);
  try {
    if ((await services.catalog.counts()).total === 0) await fill(services.catalog, PRODUCTS);
    await queryTimes(services.catalog, "sqlite", processorTime);
    const config = await loadConfig({ dataFolder: folder, overrides: { "server.port": 0 } });
    const rendererFolder = join(import.meta.dirname, "../../dist/renderer");
    const host = await startWebHost({ services, config, version: "bench", rendererFolder });
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumSwitches() });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(`${host.url}/catalogue`);
      await page.getByRole("gridcell").nth(5).waitFor();
      say("page: scripting a step of the wheel", await scroll(page));
      say("page: from the key to its rows", await type(page));
    } finally {
      await browser.close();
      await host.close();
    }
  } finally {
    await close();
    if (given === undefined) await rm(folder, { recursive: true, force: true });
  }
  await mongoTimes();
}
