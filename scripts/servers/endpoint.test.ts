import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configSchema } from "../../shared/config.ts";
import { configuredEndpoint, configuredServices, freshName } from "./endpoint.mjs";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-endpoint-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("nothing configured: the suite starts its own", () => {
  expect(configuredEndpoint("qdrant", {})).toBeNull();
  expect(configuredEndpoint("qdrant", { SHELFMATCH_TEST_QDRANT_URL: "" })).toBeNull();
  expect(configuredServices({ SHELFMATCH_TEST_QDRANT_URL: "" })).toEqual([]);
});

test("an endpoint comes with its user, and its secret from the file", async () => {
  const file = join(folder, "password");
  await writeFile(file, "hush\n");
  const env = {
    SHELFMATCH_TEST_MONGO_URL: "mongodb://127.0.0.1:27017/?directConnection=true",
    SHELFMATCH_TEST_MONGO_USERNAME: "root",
    SHELFMATCH_TEST_MONGO_SECRET_FILE: file,
  };
  expect(configuredEndpoint("mongo", env)).toEqual({
    url: "mongodb://127.0.0.1:27017/?directConnection=true",
    username: "root",
    secret: "hush",
  });
  expect(configuredEndpoint("qdrant", env)).toBeNull();
  expect(configuredServices(env)).toEqual(["mongo"]);
});

test("a secret file that is missing or empty is named by its variable", async () => {
  const env = { SHELFMATCH_TEST_QDRANT_URL: "http://127.0.0.1:1", SHELFMATCH_TEST_QDRANT_SECRET_FILE: folder };
  expect(() => configuredEndpoint("qdrant", env)).toThrow(/SHELFMATCH_TEST_QDRANT_SECRET_FILE can't be read/);
  const empty = join(folder, "empty");
  await writeFile(empty, "\n");
  expect(() => configuredEndpoint("qdrant", { ...env, SHELFMATCH_TEST_QDRANT_SECRET_FILE: empty })).toThrow(
    /empty file/,
  );
});

test("fresh names differ and are allowed as a prefix and as a database", () => {
  const [one, two] = [freshName(), freshName()];
  expect(one).not.toBe(two);
  expect(configSchema.parse({ qdrant: { prefix: one }, mongo: { database: two } })).toMatchObject({
    qdrant: { prefix: one },
    mongo: { database: two },
  });
});
