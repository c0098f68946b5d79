import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { openTestServices, type TestServices, testPng } from "../hosts/testing/services.ts";
import type { ApiContext } from "./context.ts";
import { router } from "./router.ts";

let dataFolder: string;
let engine: TestServices;
let context: ApiContext;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-api-"));
  engine = await openTestServices(dataFolder);
  const settings = await loadConfig({ dataFolder });
  const caller = { local: false, sameMachine: false };
  context = { services: engine.services, settings, caller, uploadFolder: join(dataFolder, "uploads") };
});
afterEach(async () => {
  await engine.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

const client = (changes: Partial<ApiContext> = {}) =>
  createRouterClient(router, { context: { ...context, ...changes } });
const file = (name: string, text = "x") => new File([text], name);

describe("errors", () => {
  it("are the contract's: code, status, retryable and details", async () => {
    await expect(client().catalog.get({ sku: "gone" })).rejects.toMatchObject({
      defined: true,
      code: "PRODUCT_NOT_FOUND",
      status: 404,
      data: { retryable: false },
    });
  });

  it("an input that does not fit names the field", async () => {
    await expect(client().match.text({ text: "boots", top: 1000 })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringContaining("top: "),
      data: { details: { issues: [expect.objectContaining({ path: "top" })] } },
    });
  });

  it("an unforeseen one tells the caller a reference, and the journal the stack", async () => {
    const error = await client()
      .match.text({ text: "break" })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "INTERNAL", status: 500 });
    expect(String(error)).not.toContain("secret");
    const reference = (error as { data: { details: { reference: string } } }).data.details.reference;
    const { entries } = await engine.services.journal.list({ limit: 10, text: reference });
    expect(entries[0]).toMatchObject({ level: "error", message: expect.stringContaining("a secret of the inside") });
    expect(String(entries[0]?.data?.stack)).toContain("services.ts");
  });

  it("one in the middle of a stream arrives typed as well", async () => {
    const sameMachine = { caller: { local: false, sameMachine: true } };
    const events = await client(sameMachine).stack.move({ to: "stack" });
    expect((await events.next()).value).toEqual({ kind: "note", text: "nowhere to move to" });
    await expect(events.next()).rejects.toMatchObject({ defined: true, code: "INVALID_INPUT" });
  });

  it("cancelling is CANCELLED, and no error in the journal", async () => {
    const stop = new AbortController();
    const waiting = client().match.text({ text: "wait" }, { signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
    expect(engine.cancelled()).toBe(1);
    expect((await engine.services.journal.list({ limit: 10, level: "warn" })).entries).toEqual([]);
  });
});

it("changing one field of a product leaves the others as they were", async () => {
  const api = client();
  await api.catalog.create({ sku: "a", name: "Apple", price: "1.50", currency: "EUR", brand: "Orchard" });
  expect(await api.catalog.update({ sku: "a", name: "Pear" })).toMatchObject({
    name: "Pear",
    price: "1.50",
    currency: "EUR",
    brand: "Orchard",
  });
});

it("matches stream their stages; the plain call gives the last", async () => {
  const picture = new File([await testPng()], "q.png");
  const stages = [];
  for await (const result of await client().match.stream({ picture })) stages.push(result.stage);
  expect(stages).toEqual(["visual", "refined"]);
  const result = await client().match.picture({ picture });
  expect(result.stage).toBe("refined");
  await client().match.feedback({ runId: result.runId, answer: "wrong" });
  expect((await client().journal.run({ runId: result.runId })).feedback?.answer).toBe("wrong");
});

it("examples are the ones of the seed, and nothing else", async () => {
  const examples = await client().match.examples();
  expect(examples.length).toBeGreaterThanOrEqual(10);
  const first = await client().match.example({ name: examples[0]?.name ?? "" });
  expect(first.type).toBe("image/jpeg");
  expect(first.size).toBeGreaterThan(1000);
  await expect(client().match.example({ name: "labels.jpg" })).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
  await expect(client().match.example({ name: "../labels.json" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

describe("imports", () => {
  it("spool an upload into a folder of its own, without the chosen folder's name", async () => {
    const files = [file("a.jpg"), file("b.jpg")];
    const progress = await client().imports.start({ files, paths: ["shop/SKU-1/a.jpg", "shop/b.jpg"] });
    expect(progress.source).toBe("shop");
    expect(engine.imported[0]?.files).toEqual([join("SKU-1", "a.jpg"), "b.jpg"]);
    expect(engine.imported[0]?.source).toMatchObject({ folder: expect.stringContaining(join(dataFolder, "uploads")) });
  });

  it("take one file under its name", async () => {
    expect((await client().imports.start({ files: [file("products.csv")] })).source).toBe("products.csv");
    expect(engine.imported[0]?.files).toEqual(["products.csv"]);
  });

  it.each(["../out.csv", "/etc/passwd", "a/../../b", "C:\\x.csv", "a//b", "con.csv", "a\u0000b", "..\\..\\x"])(
    "refuse the path %j",
    async (path) => {
      await expect(client().imports.start({ files: [file("x")], paths: [path] })).rejects.toMatchObject({
        code: "INVALID_INPUT",
      });
      expect(engine.imported).toEqual([]);
    },
  );

  it("refuse two files of one name", async () => {
    await expect(client().imports.start({ files: [file("a"), file("a")] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  it("read a path of this machine for its own doors only", async () => {
    await expect(client().imports.startPath({ path: dataFolder })).rejects.toMatchObject({ code: "FORBIDDEN" });
    const local = { local: true, sameMachine: true };
    expect((await client({ caller: local }).imports.startPath({ path: dataFolder })).source).toBe(dataFolder);
    const relative = client({ caller: local }).imports.startPath({ path: "shop" });
    await expect(relative).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("settings", () => {
  it("show no token, and take the blank back as unchanged", async () => {
    const api = client();
    await api.system.updateSettings({ changes: { "server.token": "a-token-of-the-house" } });
    const { config } = await api.system.settings();
    expect(config.server.token).toMatch(/^\*+$/);
    await api.system.updateSettings({ changes: { "server.token": config.server.token, "match.top": 7 } });
    expect(context.settings.current.server.token).toBe("a-token-of-the-house");
    expect(context.settings.current.match.top).toBe(7);
  });

  it("tell the data folder to callers of this machine only", async () => {
    const told = await client().system.health();
    expect(told.dataFolder).toBeNull();
    expect(JSON.stringify(told)).not.toContain(dataFolder);
    const caller = { local: false, sameMachine: true };
    expect((await client({ caller }).system.health()).dataFolder).toBe(dataFolder);
  });
});
