import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { toFolderError } from "./folder-error.ts";
import { hostOrFind } from "./hosted-engine.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (dataFolder: string, createEngine: () => Promise<never>) =>
  hostOrFind({ dataFolder, env: {}, serves: false, onNotice: () => {}, createEngine });

/** What SQLite throws when there is no page left. */
function sqliteFull(): Promise<never> {
  const db = new DatabaseSync(join(folder, "full.sqlite"));
  try {
    db.exec("PRAGMA max_page_count = 2; CREATE TABLE a (b); CREATE TABLE c (d); CREATE TABLE e (f);");
  } finally {
    db.close();
  }
  throw new Error("not full");
}

it("a full disk is said as such, with the folder", async () => {
  await expect(start(folder, async () => sqliteFull())).rejects.toMatchObject({
    code: "DISK_FULL",
    message: expect.stringContaining(folder),
  });
});

it("a data folder that is a file is said as such", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const dataFolder of [file, join(file, "below")]) {
    await expect(start(dataFolder, sqliteFull)).rejects.toMatchObject({
      code: "FILE_NOT_READABLE",
      message: expect.stringMatching(new RegExp(`${dataFolder} can't be used.*--data`)),
    });
  }
});

it("what is wrong elsewhere stays as it is", () => {
  const elsewhere = Object.assign(new Error("EACCES"), { code: "EACCES", path: "/usr/weights.onnx" });
  expect(toFolderError(elsewhere, folder)).toBe(elsewhere);
  expect(toFolderError("text", folder)).toBe("text");
});
