import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { chromiumPath, chromiumSwitches } from "../../e2e/chromium.ts";
import { electronArgs, electronEnv, electronPath, startDesktop } from "../../e2e/desktop/desktop.ts";
import { ROOT, runCli, startHost } from "../../e2e/host.ts";
import { line, quantile } from "./figures.ts";

/** The desktop app in the tests' Electron, beside an empty window of the same one and beside the web host. */

const PROBE = join(import.meta.dirname, "electron-probe.cjs");
const STARTS = 5;
const CALLS = 25;
const PICTURE_BYTES = 5 * 1024 * 1024;

const median = (values: readonly number[]) => quantile(values, 0.5);

/** Milliseconds from the start to what the probe says, and its value; then the app is ended. */
async function probe(args: readonly string[], env: Record<string, string>, what: string) {
  const started = performance.now();
  const flags = args.slice(0, -1).filter((arg) => arg.startsWith("-"));
  const rest = args.filter((arg) => !flags.includes(arg));
  const child = spawn(electronPath(), [...flags, "-r", PROBE, ...rest], { env, stdio: ["ignore", "pipe", "ignore"] });
  let written = "";
  try {
    for await (const chunk of child.stdout) {
      written += String(chunk);
      const said = new RegExp(`@${what} ([\\d.]+)`).exec(written);
      if (said !== null) return { ms: performance.now() - started, value: Number(said[1]) };
    }
    throw new Error(`Electron ended before it said ${what}.`);
  } finally {
    await end(child);
  }
}

async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  clearTimeout(force);
}

/** An app of one window with nothing in it. */
function emptyApp(): string {
  const folder = mkdtempSync(join(tmpdir(), "shelfmatch-empty-"));
  const main = `const { app, BrowserWindow } = require("electron");
    app.setPath("userData", __dirname + "/profile");
    app.whenReady().then(() => {
      const window = new BrowserWindow({ show: false, width: 1280, height: 840 });
      window.once("ready-to-show", () => window.show());
      window.loadURL("data:text/html,<p>empty</p>");
    });`;
  writeFileSync(join(folder, "package.json"), '{ "name": "empty", "version": "1.0.0", "main": "main.js" }');
  writeFileSync(join(folder, "main.js"), main);
  return folder;
}

/** A call with a picture that is none: all of the way there and back, and nothing of a match. In a page of either door. */
async function pictureCall(page: Page, door: "port" | "http"): Promise<number[]> {
  const code = `(async () => {
    const bytes = new Uint8Array(${PICTURE_BYTES}).map((_, i) => (i * 7919) >> 3);
    const formOf = () => {
      const form = new FormData();
      form.set("data", JSON.stringify({ json: { picture: {} }, meta: [], maps: [["picture"]] }));
      form.set("0", new File([bytes], "photo.jpg", { type: "image/jpeg" }));
      return form;
    };
    let call = () => fetch("/rpc/match/picture", { method: "POST", body: formOf() }).then((reply) => reply.text());
    if (${door === "port"}) {
      const port = await new Promise((resolve) => {
        addEventListener("message", (event) => event.ports[0] && resolve(event.ports[0]));
        window.shelfmatch.connect();
      });
      let id = 0;
      call = async () => {
        const whole = new Response(formOf());
        const h = { "content-type": whole.headers.get("content-type") };
        const head = JSON.stringify({ i: String(++id), p: { u: "/match/picture", h } });
        const parts = [new TextEncoder().encode(head), new Uint8Array([255]), await whole.blob()];
        const answer = new Promise((resolve) => { port.onmessage = (event) => resolve(event.data); });
        port.postMessage(new Uint8Array(await new Blob(parts).arrayBuffer()));
        return answer;
      };
    }
    const times = [];
    for (let i = 0; i < ${CALLS}; i++) {
      const began = performance.now();
      const answer = await call();
      times.push(performance.now() - began);
      if (!answer.includes("IMAGE_")) throw new Error(answer);
    }
    return times;
  })()`;
  return (await page.evaluate(code)) as number[];
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN) / 1024;
}

export async function run(): Promise<void> {
  if (process.env.SHELFMATCH_ELECTRON === undefined) {
    console.log("skipped: the tests' Electron or a display is missing; npm run test:desktop says which");
    return;
  }
  const seed = mkdtempSync(join(tmpdir(), "shelfmatch-bench-"));
  const empty = emptyApp();
  const fresh = () => mkdtempSync(join(tmpdir(), "shelfmatch-bench-"));
  const folders = [seed, empty];
  const seeded = () => {
    const folder = fresh();
    folders.push(folder);
    cpSync(seed, folder, { recursive: true });
    return folder;
  };
  try {
    await runCli("import", join(ROOT, "seed", "products.csv"), "--data", seed, "--json");
    await starts(empty, seeded);
    const first = fresh();
    folders.push(first);
    await loopDelay(empty, first);
    await callsAndMemory(seeded(), seeded());
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function starts(empty: string, seeded: () => string): Promise<void> {
  const photo = join(ROOT, "seed", "queries", "sneakers-turned.jpg");
  const times = { empty: [] as number[], window: [] as number[], answer: [] as number[] };
  const bare = electronArgs().slice(0, -1);
  // In turn, so that what else the machine does falls on all of them.
  for (let i = 0; i < STARTS; i++) {
    times.empty.push((await probe([...bare, empty], electronEnv(empty), "shown")).ms);
    times.window.push((await probe(electronArgs(), electronEnv(seeded()), "shown")).ms);
    const asked = electronEnv(seeded(), { PROBE_ANSWER: "1" });
    times.answer.push((await probe(electronArgs([photo]), asked, "answered")).ms);
  }
  const base = median(times.empty);
  line("an empty Electron window, until it shows", base, "ms", `median of ${STARTS}`);
  line("the app's window, until it shows", median(times.window), "ms", factor(median(times.window) / base));
  line("opened with a photo, until its answer", median(times.answer), "ms", factor(median(times.answer) / base));
}

const factor = (value: number) => `${value.toFixed(2)} times the empty window`;

async function loopDelay(empty: string, dataFolder: string): Promise<void> {
  const idle = { ...electronEnv(empty), PROBE_SECONDS: "8" };
  const quiet = await probe([...electronArgs().slice(0, -1), empty], idle, "delay");
  const mark = join(dataFolder, "sample-catalogue");
  const busy = await probe(electronArgs(), electronEnv(dataFolder, { PROBE_MARK: mark }), "delay");
  line("main process' loop delay, p99, an empty window", quiet.value, "ms", "timer of 5 ms included");
  line(
    "main process' loop delay, p99, during the first import",
    busy.value,
    "ms",
    `${(busy.value / quiet.value).toFixed(2)} times`,
  );
}

async function callsAndMemory(desktopFolder: string, webFolder: string): Promise<void> {
  const host = await startHost(webFolder);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumSwitches() });
  const desktop = await startDesktop({ dataFolder: desktopFolder });
  try {
    const page = await browser.newPage();
    await page.goto(host.url);
    await desktop.page.getByText("54 products").waitFor();
    const http = median(await pictureCall(page, "http"));
    const port = median(await pictureCall(desktop.page, "port"));
    line("5 MB to the web host and back, from Chromium", http, "ms", `median of ${CALLS}`);
    line("5 MB over the desktop's relay and back", port, "ms", `${(port / http).toFixed(2)} times the web host`);
    const metrics = await desktop.app.evaluate(({ app }) =>
      app.getAppMetrics().map(({ type, memory }) => ({ type, mib: memory.workingSetSize / 1024 })),
    );
    for (const { type, mib } of metrics) line(`memory: ${type}`, mib, "MiB");
    const engine = residentMiB(desktop.enginePid() ?? process.pid);
    line("memory: the engine's process", engine, "MiB");
    line(
      "memory: together",
      metrics.reduce((sum, { mib }) => sum + mib, engine),
      "MiB",
      "shared pages counted each time",
    );
  } finally {
    await desktop.close();
    await browser.close();
    await host.close();
  }
}
