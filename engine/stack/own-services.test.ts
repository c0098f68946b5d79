import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import { adoptServices, composeVariables, settingsFor } from "./own-services.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-own-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("variables come from the environment, then from the file beside compose.yaml", () => {
  expect(composeVariables(folder, {}).STACK_SECRETS).toBe(join(folder, "secrets"));
  writeFileSync(join(folder, ".env"), "STACK_SECRETS=../mine\nSTACK_QDRANT_PORT=7333\nSTACK_MONGO_PORT=1\n");
  expect(composeVariables(folder, { STACK_MONGO_PORT: "28017" })).toMatchObject({
    ...{ STACK_SECRETS: join(folder, "..", "mine"), STACK_QDRANT_PORT: "7333", STACK_MONGO_PORT: "28017" },
  });
});

test("once started, the settings name the services' user and secrets, and keep that", async () => {
  const config = await loadConfig({ dataFolder: folder });
  const variables = { STACK_SECRETS: "/secrets" };
  expect(await adoptServices(config, variables)).toContain("mongo.passwordFile");
  expect((await loadConfig({ dataFolder: folder })).current).toMatchObject({
    mongo: { username: "shelfmatch", passwordFile: join("/secrets", "mongo-app-password") },
    qdrant: { apiKeyFile: join("/secrets", "qdrant-api-key") },
  });
  expect(await adoptServices(config, variables)).toBeNull();
});

test("what somebody has set stays, and so do services elsewhere", async () => {
  const overrides = {
    "qdrant.url": "https://qdrant.shop.example",
    "mongo.url": "mongodb://127.0.0.1:27017/?directConnection=true",
    "mongo.username": "anna",
  };
  const config = await loadConfig({ dataFolder: folder, overrides });
  expect(settingsFor(config, { STACK_SECRETS: "/secrets" })).toEqual({});
});

test("other ports are followed", async () => {
  const config = await loadConfig({ dataFolder: folder });
  const ports = { STACK_TRITON_PORT: "8100", STACK_QDRANT_PORT: "6333", STACK_MONGO_PORT: "28017" };
  const changes = settingsFor(config, { STACK_SECRETS: "/secrets", ...ports });
  expect(changes["triton.url"]).toBe("http://127.0.0.1:8100");
  expect(changes["mongo.url"]).toMatch(/^mongodb:\/\/127\.0\.0\.1:28017\//);
  expect(changes).not.toHaveProperty("qdrant.url");
});
