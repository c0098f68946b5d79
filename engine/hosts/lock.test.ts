import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { EngineLock } from "./lock.ts";
import { acquire } from "./lock.ts";

let dataFolder: string;
const children: ChildProcess[] = [];
const locks: EngineLock[] = [];

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-lock-"));
});
afterEach(() => {
  for (const lock of locks.splice(0)) lock.release();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(dataFolder, { recursive: true, force: true });
});

async function held(waitMs?: number): Promise<EngineLock> {
  const acquired = await acquire(dataFolder, waitMs);
  if (acquired.kind !== "held") throw new Error(`already held: ${acquired.engine.endpoint}`);
  locks.push(acquired.lock);
  return acquired.lock;
}

const at = { endpoint: "http://127.0.0.1:4711", version: "0.1.0", serves: true };

/** Another process that takes the folder, publishes, and stays. */
async function holder(): Promise<ChildProcess> {
  const program = `
    const { acquire } = await import(${JSON.stringify(new URL("./lock.ts", import.meta.url).href)});
    const { lock } = await acquire(${JSON.stringify(dataFolder)});
    lock.publish(${JSON.stringify(at)});
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

it("gives the folder to one, and tells the next where that one answers", async () => {
  const lock = await held();
  lock.publish(at);
  const second = await acquire(dataFolder);
  expect(second).toMatchObject({ kind: "running", engine: { ...at, token: lock.token, pid: process.pid } });
});

it.skipIf(process.platform === "win32")("makes a new data folder its owner's alone", async () => {
  const fresh = join(dataFolder, "new");
  const acquired = await acquire(fresh);
  if (acquired.kind === "held") locks.push(acquired.lock);
  expect(statSync(fresh).mode & 0o777).toBe(0o700);
});

it("keeps the token to the folder's owner", async () => {
  (await held()).publish(at);
  if (process.platform !== "win32") expect(statSync(join(dataFolder, "engine.json")).mode & 0o777).toBe(0o600);
});

it("another process' engine is found; kill -9 of it frees the folder", async () => {
  const child = await holder();
  expect(await acquire(dataFolder)).toMatchObject({ kind: "running", engine: { ...at, pid: child.pid } });
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(join(dataFolder, "engine.json"))).toBe(true);
  const lock = await held();
  expect(existsSync(join(dataFolder, "engine.json"))).toBe(false);
  lock.publish(at);
  expect(await acquire(dataFolder)).toMatchObject({ kind: "running", engine: { pid: process.pid } });
});

it("is free again after release, and release twice is harmless", async () => {
  const lock = await held();
  lock.publish(at);
  lock.release();
  lock.release();
  expect(existsSync(join(dataFolder, "engine.json"))).toBe(false);
  await held();
});

it("waits for an engine that is still starting, and for no longer than asked", async () => {
  const lock = await held();
  const waiting = acquire(dataFolder, 5000);
  setTimeout(() => lock.publish(at), 200);
  expect(await waiting).toMatchObject({ kind: "running" });
  rmSync(join(dataFolder, "engine.json"));
  await expect(acquire(dataFolder, 150)).rejects.toMatchObject({
    code: "ENGINE_RUNNING",
    message: expect.stringContaining(dataFolder),
  });
});

it("says so where the other engine's file can't be read", async () => {
  await held();
  writeFileSync(join(dataFolder, "engine.json"), "{}");
  await expect(acquire(dataFolder, 150)).rejects.toMatchObject({ code: "ENGINE_RUNNING" });
});
