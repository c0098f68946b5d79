import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { appFiles } from "./app-files.ts";

let outside: string;
let folder: string;
beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), "shelfmatch-app-"));
  folder = join(outside, "pages");
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(outside, "secret.txt"), "secret");
  writeFileSync(join(folder, "index.html"), "<p>");
  writeFileSync(join(folder, "assets", "a.js"), "1");
  symlinkSync(join(outside, "secret.txt"), join(folder, "link.txt"));
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

it.each([
  ["/", "index.html", "text/html; charset=utf-8"],
  ["/catalogue", "index.html", "text/html; charset=utf-8"],
  ["/assets/a.js", "assets/a.js", "text/javascript; charset=utf-8"],
])("serves %s", (pathname, file, type) => {
  expect(appFiles(folder)(pathname)).toEqual({ path: join(folder, file), type });
});

it.each([
  "/../secret.txt",
  "/..%2fsecret.txt",
  "/assets/../../secret.txt",
  "//etc/secret.txt",
  "/link.txt",
  "/assets\\..\\..\\secret.txt",
  "/missing.js",
  "secret.txt",
])("has nothing at %s", (pathname) => {
  expect(appFiles(folder)(pathname)).toBeNull();
});
