import { seriousFaults } from "../axe.ts";
import { type FakeDocker, fakeDocker } from "../fake-docker.ts";
import { test as base, expect } from "../fixtures.ts";

const OFFER = "services of their own";

base.describe("without Docker", () => {
  base.use({ hostEnv: { PATH: "/nowhere" } });

  base("the page says that all is well inside the app, and what the stack would need", async ({ match, page }) => {
    await match.open();
    await page.keyboard.press("Alt+7");
    await expect(page.getByRole("heading", { name: "Stack", level: 1 })).toBeFocused();
    await expect(page.getByRole("heading", { name: "Everything runs inside the app" })).toBeVisible();
    const docker = page.getByRole("region", { name: "Docker" });
    await expect(docker).toContainText("Not installed");
    await expect(docker.getByRole("link", { name: "How to install Docker" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Start the services" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Move to the stack" })).toBeEnabled();
    const asked = page.waitForResponse(/\/rpc\/stack\/status/);
    await page.keyboard.press("r");
    expect((await asked).status()).toBe(200);
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "The answer appears here" })).toBeVisible();
    await expect(page.getByText(OFFER)).toHaveCount(0);
  });
});

const test = base.extend<{ docker: FakeDocker }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures off the pattern.
  docker: async ({}, use) => {
    const docker = fakeDocker();
    await use(docker);
    docker.remove();
  },
  hostEnv: async ({ docker }, use) => use(docker.env),
});

test("the services are started and stopped, and what Compose says is there after a change of page", async ({
  docker,
  match,
  page,
}) => {
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await match.open();
  await page.getByRole("link", { name: OFFER }).click();
  const panel = page.getByRole("region", { name: "Docker" });
  await expect(panel.getByText("NVIDIA GPU", { exact: true })).toBeVisible();
  await panel.getByText("Processor").click();
  await panel.getByRole("button", { name: "Start the services" }).click();
  await expect(panel.getByRole("log")).toContainText("shelfmatch-mongo-1 Starting");
  await expect(page.getByRole("button", { name: "Move to the stack" })).toBeDisabled();

  await page.getByRole("link", { name: "Catalogue", exact: true }).click();
  await page.getByRole("button", { name: /^Activity: Starting the services/ }).click();
  await page.getByRole("dialog", { name: "Activity" }).getByRole("link", { name: "Starting the services" }).click();
  await expect(panel.getByRole("log")).toContainText("Starting");
  await expect(panel.getByRole("button", { name: "Break off" })).toBeVisible();
  docker.go();
  await expect(panel.getByRole("status")).toContainText("The services run");
  await expect(panel.getByRole("log")).toContainText("Healthy");
  await expect(panel.getByRole("log")).toContainText("The settings lead to these services now: qdrant.apiKeyFile");
  const containers = panel.getByRole("list", { name: "Containers" });
  await expect(containers.getByRole("listitem").filter({ hasText: "mongo" })).toContainText("Healthy");
  await expect(containers.getByRole("listitem").filter({ hasText: "models-cpu" })).toContainText("Ended well");
  await expect(page.getByRole("button", { name: /^Activity: Starting the services/ })).toHaveCount(0);

  expect(await seriousFaults(page)).toEqual([]);

  await panel.getByRole("button", { name: "Stop them" }).click();
  const sure = page.getByRole("dialog", { name: "Stop the services?" });
  await expect(sure.getByRole("button", { name: "Leave them on" })).toBeFocused();
  await sure.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(panel.getByRole("status")).toContainText("The services are stopped");
  await expect(containers).toHaveCount(0);
});

test("a Compose that fails is shown with its reason and its output, and can be tried again", async ({
  allowedErrors,
  docker,
  page,
}) => {
  allowedErrors.push(/Failed to load resource/);
  docker.breaks(true);
  await page.goto("/stack");
  const panel = page.getByRole("region", { name: "Docker" });
  await panel.getByRole("button", { name: "Start the services" }).click();
  await expect(panel.getByRole("alert")).toContainText("port 27017 is already allocated");
  await expect(panel.getByRole("alert")).toContainText("SERVICE_UNAVAILABLE");
  await expect(panel.getByRole("log")).toContainText("Container shelfmatch-mongo-1 Starting");
  docker.breaks(false);
  await panel.getByRole("button", { name: "Start the services" }).click();
  await expect(panel.getByRole("alert")).toHaveCount(0);
  await panel.getByRole("button", { name: "Break off" }).click();
  await expect(panel.getByRole("status")).toContainText("Starting was stopped");
});

test("the offer of the stack is gone for good once dismissed", async ({ match, page }) => {
  await match.open();
  await expect(page.getByText(OFFER)).toBeVisible();
  await page.getByRole("button", { name: "Do not offer the stack again" }).click();
  await expect(page.getByText(OFFER)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("heading", { name: "The answer appears here" })).toBeVisible();
  await expect(page.getByText(OFFER)).toHaveCount(0);
});
