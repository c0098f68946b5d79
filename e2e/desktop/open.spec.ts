import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { QUERIES } from "../match-page.ts";
import { electronArgs, electronEnv, electronPath } from "./desktop.ts";
import { expect, test } from "./fixtures.ts";
import { answerFileDialog, clickMenu } from "./menu.ts";

const SNEAKERS = join(QUERIES, "sneakers-turned.jpg");
const FOOTBALL = join(QUERIES, "football-overexposed.jpg");

/** A second start on the same data folder; resolves with its exit code. */
async function startAgain(dataFolder: string, ...files: string[]): Promise<number> {
  const child = spawn(electronPath(), electronArgs(files), { env: electronEnv(dataFolder), stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}

test("the system's dialog opens a picture, from the menu and from the page", async ({ desktop, match }) => {
  await answerFileDialog(desktop, SNEAKERS);
  await clickMenu(desktop, "File", "Match a picture…");
  await match.answered();
  await expect(match.product).toContainText("allstar-sneakers");
  await match.choose(FOOTBALL);
  await match.answered();
  await expect(match.product).toContainText("football");
});

test("a second start hands its files to the window that is there, and ends", async ({ desktop, match, dataFolder }) => {
  await expect(desktop.page.getByRole("heading", { name: "Which product is this?" })).toBeVisible();
  expect(await startAgain(dataFolder, FOOTBALL)).toBe(0);
  await match.answered();
  await expect(match.product).toContainText("football");
  expect(desktop.app.windows()).toHaveLength(1);

  const notes = join(dataFolder, "notes.txt");
  writeFileSync(notes, "no picture");
  expect(await startAgain(dataFolder, notes)).toBe(0);
  await expect(desktop.page.getByText(/notes\.txt is neither a picture nor a list/)).toBeVisible();
});

test.describe("opened with a picture", () => {
  test.use({ args: [SNEAKERS] });

  test("it is matched as soon as the engine runs", async ({ match }) => {
    await match.answered();
    await expect(match.product).toContainText("allstar-sneakers");
  });
});

test("a list is imported from where it lies, and shown on the task bar", async ({ desktop, dataFolder }) => {
  const list = join(dataFolder, "till.csv");
  writeFileSync(list, ["sku,name,price,currency", ...[1, 2, 3].map((n) => `t${n},Till ${n},${n}.50,EUR`)].join("\n"));
  await desktop.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const shown: number[] = [];
    Reflect.set(globalThis, "shown", shown);
    if (window !== undefined) window.setProgressBar = (share) => void shown.push(share);
  });
  await answerFileDialog(desktop, list);
  await clickMenu(desktop, "File", "Import a list…");
  await desktop.page.getByRole("button", { name: "Start the import" }).click();
  await expect(desktop.page.getByText("Imported: till.csv")).toBeVisible();
  const shown = () => desktop.app.evaluate(() => Reflect.get(globalThis, "shown") as number[]);
  await expect.poll(async () => (await shown()).at(-1)).toBe(-1);
});

test("the clipboard's picture is matched from the menu; without one it is said", async ({ desktop, match }) => {
  await expect(desktop.page.getByRole("heading", { name: "Which product is this?" })).toBeVisible();
  await desktop.app.evaluate(({ clipboard }) => clipboard.clear());
  await clickMenu(desktop, "File", "Match the clipboard's picture");
  await expect(desktop.page.getByText(/no picture on the clipboard/)).toBeVisible();
  await desktop.app.evaluate(({ clipboard, nativeImage }, path) => {
    // The call of the Electron that runs here; the types are the product's.
    Reflect.get(clipboard, "writeImage").call(clipboard, nativeImage.createFromPath(path));
  }, FOOTBALL);
  await clickMenu(desktop, "File", "Match the clipboard's picture");
  await match.answered();
  await expect(match.product).toContainText("football");
});

test("keys that work everywhere are off until they are set, and go when they are taken away", async ({ desktop }) => {
  const taken = () => desktop.app.evaluate(({ globalShortcut }) => globalShortcut.isRegistered("Control+Alt+M"));
  await expect(desktop.page.getByRole("heading", { name: "Which product is this?" })).toBeVisible();
  await clickMenu(desktop, "File", "Settings…");
  expect(await taken()).toBe(false);
  const keys = desktop.page.getByLabel("Match the clipboard from anywhere");
  await keys.press("Control+Alt+m");
  await expect(keys).toHaveValue("Control+Alt+M");
  expect(await taken()).toBe(true);
  await desktop.page.getByRole("button", { name: "Switch it off" }).click();
  await expect(keys).toHaveValue("");
  expect(await taken()).toBe(false);
});
