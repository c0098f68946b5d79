import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeSecrets } from "./secrets.mjs";
import { loadProject } from "./testing/project.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "shelfmatch-secrets-")), "secrets");
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));
const contents = async () => Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));

test("makes what compose.yaml names, each another, and keeps what is there", async () => {
  const wanted = Object.values(loadProject("cpu", { STACK_SECRETS: folder }).secrets).map(({ file }) => file);
  expect(makeSecrets(folder).sort()).toEqual(wanted.sort());
  const before = await contents();
  expect(new Set(before).size).toBe(wanted.length);
  await rm(join(folder, "server-token"));
  expect(makeSecrets(folder).map((file) => basename(file))).toEqual(["server-token"]);
  const after = await contents();
  expect(after.filter((text) => before.includes(text))).toHaveLength(wanted.length - 1);
  expect(makeSecrets(folder)).toEqual([]);
});

test("fits what takes it: a token long enough, a key file that mongod reads", async () => {
  makeSecrets(folder);
  expect((await readFile(join(folder, "server-token"), "utf8")).trim()).toMatch(/^[\w-]{40,}$/);
  expect((await readFile(join(folder, "mongo-keyfile"), "utf8")).trim()).toMatch(/^[A-Za-z0-9+/=]{6,1024}$/);
});

test.skipIf(process.platform === "win32")("lets containers read it, and no other user of this machine", async () => {
  makeSecrets(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o444);
});
