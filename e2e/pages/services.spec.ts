import { join } from "node:path";
import { mongoMissing, startMongo } from "../../scripts/servers/mongo.mjs";
import { qdrantMissing, startQdrant } from "../../scripts/servers/qdrant.mjs";
import { test as base, expect } from "../fixtures.ts";
import { startHost } from "../host.ts";
import { QUERIES } from "../match-page.ts";

/** On real servers: the catalogue moves to them, is matched from there, and one of them goes away and comes back. */

const missing = mongoMissing() ?? qdrantMissing();

interface Servers {
  mongo: Awaited<ReturnType<typeof startMongo>>;
  qdrant: Awaited<ReturnType<typeof startQdrant>>;
}

const test = base.extend<{ servers: Servers }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures off the pattern.
  servers: async ({}, use) => {
    const [mongo, qdrant] = await Promise.all([startMongo(), startQdrant()]);
    await use({ mongo, qdrant });
    await Promise.all([mongo.close(), qdrant.close()]);
  },
  hostEnv: async ({ servers: { mongo, qdrant } }, use) =>
    use({
      PATH: "/nowhere",
      SHELFMATCH_PARTS_ENCODER: "onnx",
      SHELFMATCH_MONGO_URL: mongo.url,
      SHELFMATCH_QDRANT_URL: qdrant.url,
    }),
});

test.skip(missing !== null, missing ?? "");

test("the catalogue moves to the services, and a service that goes away is said until it is back", async ({
  allowedErrors,
  dataFolder,
  host,
  hostEnv,
  match,
  page,
  servers,
}) => {
  test.slow();
  allowedErrors.push(/Failed to load resource/, /ERR_/);
  await page.goto("/stack");
  await page.getByRole("button", { name: "Move to the stack" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Move", exact: true }).click();
  const move = page.getByRole("region", { name: "Move to the stack" });
  await expect(move.getByText("Moved, and the copy is checked")).toBeVisible({ timeout: 60_000 });
  await expect(move).toContainText("54, all of them compared with the original");
  await expect(move).toContainText("270 copied");
  await expect(page.getByText("Restart to use it.")).toBeVisible();

  await host.close();
  const again = await startHost(dataFolder, { port: Number(new URL(host.url).port), env: hostEnv });
  try {
    await page.goto("/stack");
    await expect(page.getByText("All services are ready")).toBeVisible();
    const mongo = page.getByRole("article", { name: "MongoDB" });
    await expect(mongo).toContainText("Keeps products and pictures, journal");
    await expect(mongo).toContainText("breaker closed");
    await match.open();
    await match.drop(join(QUERIES, "sneakers-turned.jpg"));
    await match.answered();
    await expect(match.product).toContainText("allstar-sneakers");

    await servers.qdrant.kill();
    await match.choose(join(QUERIES, "keyboard-cropped.jpg"));
    const alert = page.getByRole("alert");
    await expect(alert).toContainText("SERVICE_UNAVAILABLE", { timeout: 30_000 });
    await alert.getByRole("link", { name: "Open the Stack page" }).click();
    const qdrant = page.getByRole("article", { name: "Qdrant" });
    await expect(qdrant).toContainText("Not working");
    await expect(qdrant).toContainText("What to do:");
    await qdrant.getByRole("link", { name: "Settings of Qdrant" }).click();
    await expect(page.getByLabel("File with the API key")).toBeVisible();

    await servers.qdrant.start();
    await page.goto("/stack");
    await expect(page.getByText("All services are ready")).toBeVisible({ timeout: 60_000 });
    await match.open();
    await match.drop(join(QUERIES, "keyboard-cropped.jpg"));
    await match.answered();
    await expect(match.product).toContainText("clacky-keyboard");
  } finally {
    await again.close();
  }
});
