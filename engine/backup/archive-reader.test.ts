import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeZip } from "../import/testing/make-zip.ts";
import { stageBackup } from "./stage.ts";

/** Backups that were damaged, made up, or made by another version: each refused by name, with nothing left behind. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-stage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const counts = { products: 1, pictures: 0, vectors: 0, runs: 0, lines: 0 };
const contents = {
  ...{ app: "9.9.9", created: "2027-01-01T00:00:00.000Z", profile: "embedded", counts, elsewhere: [] },
  fingerprint: { image: "a", text: "b" },
};
const SETTINGS = '{"match":{"top":3}}';
const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
const fileOf = (path: string, content: string | Uint8Array) => ({
  path,
  bytes: Buffer.from(content).length,
  sha256: sha256(content),
});
const GOOD = fileOf("config.json", SETTINGS);
const manifestOf = (over: Record<string, unknown> = {}) =>
  JSON.stringify({ format: "shelfmatch-backup", formatVersion: 1, contents, files: [GOOD], ...over });

type Entries = Parameters<typeof makeZip>[0];
const settings = { name: "config.json", content: SETTINGS };
const manifest = (over?: Record<string, unknown>) => ({ name: "manifest.json", content: manifestOf(over) });

async function stage(bytes: Uint8Array): Promise<void> {
  const file = join(folder, "b.zip");
  writeFileSync(file, bytes);
  const target = join(folder, "staged");
  await stageBackup({ file, name: "b.zip", folder: target, report: () => {}, signal: new AbortController().signal });
}

test("a whole one is unpacked as it was packed", async () => {
  await stage(makeZip([settings, manifest()]));
  expect(readFileSync(join(folder, "staged", "config.json"), "utf8")).toBe(SETTINGS);
});

const cases: [string, Entries, RegExp][] = [
  ["leads out of the folder", [settings, { name: "../evil", content: "x" }, manifest()], /invalid relative path/],
  [
    "names a path outside in its manifest",
    [settings, manifest({ files: [GOOD, fileOf("../../evil", "x")] })],
    /is no file of a data folder/,
  ],
  [
    "names an absolute path",
    [settings, manifest({ files: [GOOD, fileOf("/etc/passwd", "x")] })],
    /is no file of a data folder/,
  ],
  [
    "would overwrite the lock",
    [settings, { name: "engine.lock", content: "" }, manifest()],
    /"engine.lock", which is no part of it/,
  ],
  ["lacks a file", [manifest()], /lacks config.json/],
  ["has a file twice", [settings, settings, manifest()], /config.json twice/],
  ["names a file twice", [settings, manifest({ files: [GOOD, GOOD] })], /names a file twice/],
  ["has another size", [{ name: "config.json", content: "{}" }, manifest()], /another size of config.json/],
  [
    "has another content",
    [{ name: "config.json", content: '{"match":{"top":4}}' }, manifest()],
    /config.json is not what was backed up/,
  ],
  [
    "unpacks to more than it says",
    [{ ...settings, content: "x".repeat(5000), claimedSize: SETTINGS.length }, manifest()],
    /damaged at config.json/,
  ],
  ["is encrypted", [{ ...settings, encrypted: true }, manifest()], /is encrypted/],
  ["has no manifest", [settings], /no backup of Shelfmatch/],
  ["is of a newer format", [settings, manifest({ formatVersion: 2, files: "otherwise" })], /newer version/],
  ["is of something else", [settings, manifest({ format: "shelfmatch-import" })], /no backup of Shelfmatch/],
];
test.each(cases)("one that %s is refused", async (_, entries, reason) => {
  await expect(stage(makeZip(entries))).rejects.toMatchObject({
    code: "BACKUP_UNREADABLE",
    message: expect.stringMatching(reason),
  });
  expect(existsSync(join(folder, "staged"))).toBe(false);
});

test.each([
  ["no zip", Buffer.from("just some text"), /damaged, or no backup/],
  ["half of one", makeZip([settings, manifest()]).subarray(0, 120), /damaged, or no backup/],
  ["empty", Buffer.alloc(0), /damaged, or no backup/],
])("%s is refused", async (_, bytes, reason) => {
  await expect(stage(bytes)).rejects.toMatchObject({
    code: "BACKUP_UNREADABLE",
    message: expect.stringMatching(reason),
  });
});

test.each([
  [
    "of a newer app",
    (db: DatabaseSync) => db.exec("PRAGMA user_version = 99"),
    /newer version of Shelfmatch \(9.9.9\)/,
  ],
  ["that is damaged", null, /damaged database/],
])("a database %s is refused", async (_, make, reason) => {
  const file = join(folder, "catalog.sqlite");
  const db = new DatabaseSync(file);
  db.exec("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(20000))");
  make?.(db);
  db.close();
  const bytes = new Uint8Array(readFileSync(file));
  if (make === null) bytes.fill(0x5a, 4096, 9000);
  const path = "catalog/catalog.sqlite";
  const zip = makeZip([settings, { name: path, content: bytes }, manifest({ files: [GOOD, fileOf(path, bytes)] })]);
  await expect(stage(zip)).rejects.toMatchObject({ code: "BACKUP_UNREADABLE", message: expect.stringMatching(reason) });
  expect(existsSync(join(folder, "staged"))).toBe(false);
});
