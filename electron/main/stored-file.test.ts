import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { desktopSettingsSchema } from "../../shared/desktop/settings.ts";
import { storedFile } from "./stored-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-stored-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const faults: string[] = [];
const file = () => storedFile(join(folder, "deep", "desktop.json"), desktopSettingsSchema, (text) => faults.push(text));

it("begins with the defaults, and gives back what was written", () => {
  expect(file().read()).toEqual({
    theme: "auto",
    language: "auto",
    camera: "ask",
    matchShortcut: null,
    dataFolder: null,
  });
  file().write({ theme: "dark", language: "de", camera: "refused", matchShortcut: "Alt+M", dataFolder: "/shop" });
  expect(file().read()).toEqual({
    theme: "dark",
    language: "de",
    camera: "refused",
    matchShortcut: "Alt+M",
    dataFolder: "/shop",
  });
  expect(readdirSync(join(folder, "deep"))).toEqual(["desktop.json"]);
});

it.each(["{ half", '{"camera": "always"}', "[]", '{"more": 1}'])("keeps %s aside, says so, and goes on", (text) => {
  file().write({ theme: "auto", language: "auto", camera: "ask", matchShortcut: null, dataFolder: null });
  writeFileSync(join(folder, "deep", "desktop.json"), text);
  expect(file().read().camera).toBe("ask");
  const [aside = ""] = readdirSync(join(folder, "deep"));
  expect(readFileSync(join(folder, "deep", aside), "utf8")).toBe(text);
  expect(faults.at(-1)).toContain(aside);
});
