import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { makeIcons } from "./icons.ts";

/** What is written for the package and is in no checkout: icons, licences, the engine's package.json, deb's scripts. */

interface Licences {
  shipped: readonly { name: string; version: string | null; licence: string; text: number | null }[];
  texts: readonly string[];
}

/** One text file of what the pages' About lists (scripts/setup/licences.mjs). */
export function licenceFile({ shipped, texts }: Licences): string {
  const rule = "=".repeat(80);
  const list = shipped.map(({ name, version, licence }) => `${[name, version].filter(Boolean).join(" ")}: ${licence}`);
  const blocks = texts.map((text, i) => {
    const users = shipped.filter((one) => one.text === i).map(({ name }) => name);
    return `${rule}\n${users.join(", ")}\n${rule}\n\n${text}\n`;
  });
  return [
    "What Shelfmatch is made of, and under which licences. Electron's and Chromium's are in files beside the app.",
    list.join("\n"),
    ...blocks,
  ].join("\n\n");
}

/** The engine's own: it reads its version there, and that it is installed (engine/version.ts). */
function enginePackage(root: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return `${JSON.stringify({ name, version, license, installed: true }, null, 2)}\n`;
}

/** electron-builder's own script, which naming another one would replace, and ours after it. */
export function debScript(root: string, name: string): string {
  const require = createRequire(import.meta.url);
  const builder = dirname(createRequire(require.resolve("electron-builder")).resolve("app-builder-lib/package.json"));
  const theirs = readFileSync(join(builder, "templates", "linux", `${name}.tpl`), "utf8");
  return `${theirs}\n${readFileSync(join(root, "electron", "resources", `deb-${name}.sh`), "utf8")}`;
}

/** @param folder is made anew */
export async function stage(root: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("package.json", enginePackage(root));
  const licences: Licences = JSON.parse(readFileSync(join(root, "out", "renderer", "licences.json"), "utf8"));
  write("THIRD-PARTY-LICENCES.txt", licenceFile(licences));
  for (const name of ["after-install", "after-remove"]) {
    write(`${name}.sh`, debScript(root, name));
    chmodSync(join(folder, `${name}.sh`), 0o755);
  }
  await makeIcons(join(root, "renderer", "public", "icon.svg"), folder);
}
