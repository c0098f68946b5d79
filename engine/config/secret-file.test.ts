import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSecretFile } from "./secret-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-secret-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("gives the secret without the line break that ends its file", async () => {
  await writeFile(join(folder, "key"), "a secret with a space\r\n");
  expect(await readSecretFile(join(folder, "key"), "qdrant.apiKeyFile")).toBe("a secret with a space");
});

test.each([
  ["missing", "no-such-file", /can't be read \(ENOENT/],
  ["a folder", ".", /can't be read \(EISDIR/],
  ["empty", "empty", /is empty/],
])("one that is %s is named, with its setting", async (_, name, reason) => {
  await writeFile(join(folder, "empty"), " \n");
  const reading = readSecretFile(join(folder, name), "mongo.passwordFile");
  await expect(reading).rejects.toMatchObject({ code: "SETTINGS_INVALID", details: { path: "mongo.passwordFile" } });
  await expect(reading).rejects.toThrow(reason);
  await expect(reading).rejects.toThrow(/which mongo.passwordFile names/);
});
