import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createORPCClient } from "@orpc/client";
import { StandardRPCLink } from "@orpc/client/standard";
import type { ContractRouterClient } from "@orpc/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Contract } from "../../../shared/contract/contract.ts";
import type { FromEngine, ToEngine } from "../../../shared/desktop/engine-messages.ts";
import { callOver } from "../../../shared/port/link.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const CLI = join(import.meta.dirname, "..", "cli", "main.ts");

let dataFolder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-desktop-engine-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    const running = child.exitCode === null && child.signalCode === null;
    child.kill("SIGKILL");
    if (running) await once(child, "exit");
  }
  rmSync(dataFolder, { recursive: true, force: true });
});

/** As the desktop's main process starts it. */
function startEngine() {
  const child = fork(MAIN, ["--data", dataFolder], {
    serialization: "advanced",
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  children.push(child);
  const send = (message: ToEngine) => void child.send(message);
  const first = new Promise<FromEngine>((resolve) =>
    child.once("message", (message) => resolve(message as FromEngine)),
  );
  return { child, send, first };
}

/** A page's connection to it. */
function connect({ child, send }: Pick<ReturnType<typeof startEngine>, "child" | "send">, connection: number) {
  send({ kind: "open", connection });
  const caller = callOver(
    (data) => send({ kind: "data", connection, data }),
    (error) => {
      throw error;
    },
  );
  child.on("message", (raw) => {
    const message = raw as FromEngine;
    if (message.kind === "data" && message.connection === connection) caller.receive(message.data);
  });
  const client: ContractRouterClient<Contract> = createORPCClient(new StandardRPCLink(caller, { url: "http://orpc" }));
  return client;
}

it("answers two pages, outlives what is no message, and ends when it is asked to", async () => {
  const engine = startEngine();
  expect(await engine.first).toMatchObject({ kind: "ready", dataFolder, attached: false });
  const [one, two] = [connect(engine, 1), connect(engine, 2)];
  engine.send({ kind: "data", connection: 1, data: "{ half" });
  engine.send({ kind: "data", connection: 9, data: "nobody's" });
  const health = await Promise.all([one.system.health(), two.system.health()]);
  expect(health.map((each) => each.dataFolder)).toEqual([dataFolder, dataFolder]);
  const created = await one.catalog.create({ sku: "a", name: "A" });
  expect(await two.catalog.get({ sku: created.sku })).toMatchObject({ name: "A" });
  await expect(two.catalog.get({ sku: "b" })).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
  engine.send({ kind: "stop" });
  expect(await once(engine.child, "exit")).toEqual([0, null]);
  expect(existsSync(join(dataFolder, "engine.json"))).toBe(false);
}, 120_000);

it("ends with the process that started it", async () => {
  const { child, first } = startEngine();
  await first;
  child.disconnect();
  expect(await once(child, "exit")).toEqual([0, null]);
}, 120_000);

it("says why it can't start", async () => {
  writeFileSync(join(dataFolder, "config.json"), "{ half");
  const { child, first } = startEngine();
  expect(await first).toMatchObject({ kind: "failed", code: "SETTINGS_INVALID" });
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(1);
}, 120_000);

it("hands calls on to the engine that has the folder, and ends when that one does", async () => {
  const served = spawn(process.execPath, [CLI, "serve", "--data", dataFolder, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(served);
  await once(served.stdout, "data");
  const engine = startEngine();
  expect(await engine.first).toMatchObject({ kind: "ready", attached: true });
  const client = connect(engine, 1);
  expect((await client.system.health()).dataFolder).toBe(dataFolder);
  // Files go through as well, and errors come back as the contract's.
  const picture = new File([readFileSync(MAIN)], "main.ts.jpg");
  await expect(client.match.picture({ picture })).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
  served.kill("SIGKILL");
  await once(served, "exit");
  const ended = once(engine.child, "exit");
  client.system.health().catch(() => {});
  expect(await ended).toEqual([1, null]);
}, 120_000);
