// In place of Electron's own default app, which the tests' Electron lacks: runs the folder that the command line names.
const { app } = require("electron");
const Module = require("node:module");
const path = require("node:path");

// As Electron's own does: the app then knows that its folder is among the arguments.
Object.defineProperty(process, "defaultApp", { enumerable: true, value: true });
const args = process.argv.slice(1);
/** @type {string[]} modules to load before the app: Playwright's */
const first = [];
let folder = "";
for (let i = 0; i < args.length && folder === ""; i++) {
  const arg = args[i] ?? "";
  if (arg === "-r" || arg === "--require") first.push(args[++i] ?? "");
  else if (!arg.startsWith("-")) folder = path.resolve(arg);
}
if (folder === "") throw new Error("Name the folder of the app to run.");
Reflect.get(Module, "_preloadModules")(first);
const manifest = require(path.join(folder, "package.json"));
app.setName(manifest.productName ?? manifest.name);
// Electron's own default app uses them too; its types leave them out.
Reflect.get(app, "setVersion").call(app, manifest.version);
Reflect.get(app, "setAppPath").call(app, folder);
require(path.join(folder, manifest.main));
