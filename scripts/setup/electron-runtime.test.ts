import { expect, it } from "vitest";
import { noWindowBecause } from "./electron-runtime.mjs";

const display = { DISPLAY: ":0" };

it.each([
  ["linux", display, [], 1000, null],
  ["linux", { WAYLAND_DISPLAY: "wayland-0" }, ["photo.jpg"], 1000, null],
  ["linux", {}, [], 1000, "there is no display"],
  ["linux", display, [], 0, "root"],
  ["linux", display, ["--no-sandbox"], 0, null],
  ["linux", { ...display, CI: "1" }, [], 1000, "CI"],
  ["linux", display, ["--port", "7861"], 1000, "--port"],
  ["linux", display, ["--host=0.0.0.0"], 1000, "--host"],
  ["linux", display, ["--data", "/port"], 1000, null],
  ["darwin", {}, [], 501, null],
  ["darwin", {}, ["--web"], 501, "--web"],
  ["win32", {}, [], undefined, null],
] as const)("on %s with %j and %j as %s: %s", (platform, env, args, uid, because) => {
  const found = noWindowBecause(platform, env, args, uid);
  if (because === null) expect(found).toBeNull();
  else expect(found).toContain(because);
});
