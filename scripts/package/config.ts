import { rmSync } from "node:fs";
import { join } from "node:path";
import type { AfterPackContext, Configuration, FileSet } from "electron-builder";
import type { Runtime } from "./electron.ts";
import { setFuses } from "./fuses.ts";
import { moduleFiles, shippedModules } from "./modules.ts";
import { nodePackage, type Target } from "./target.ts";

/** How the desktop app is packed, for one kind of machine. */

export interface PackageOptions {
  target: Target;
  /** Text of package-lock.json. */
  lock: string;
  /** Folder that `stage` filled. */
  staged: string;
  /** Folder for what is made. */
  output: string;
  /** Address of an update feed; null leaves updates off. */
  feed: string | null;
  /** Node for the engine where no package carries one (macOS), needing no libraries beside it; null where one does. */
  node: string | null;
  runtime: Runtime;
  /** The runtime is the tests' own, which lacks newer fuses. */
  older: boolean;
  /** Told the folder of the app as it runs, once it is there. */
  onPacked?(folder: string): void;
}

/** Beside the archive of the app: the engine and its Node, laid out as the checkout is (electron/main/engine-program.ts). */
export const HOME = "shelfmatch";

const AUTHORS = "The Shelfmatch authors";

const PICTURES = [
  { ext: ["jpg", "jpeg"], name: "JPEG picture", mimeType: "image/jpeg" },
  { ext: ["png"], name: "PNG picture", mimeType: "image/png" },
  { ext: ["webp"], name: "WebP picture", mimeType: "image/webp" },
  { ext: ["avif"], name: "AVIF picture", mimeType: "image/avif" },
  { ext: ["gif"], name: "GIF picture", mimeType: "image/gif" },
  { ext: ["tif", "tiff"], name: "TIFF picture", mimeType: "image/tiff" },
  { ext: ["heic"], name: "HEIC picture", mimeType: "image/heic" },
];

const CAMERA = "Shelfmatch finds the product that you hold before the camera. Pictures stay on this Mac.";

/** Tests, their helpers, and the contract suites of the ports. */
const NO_TESTS = ["!**/*.{test,modeltest}.ts", "!**/testing/**", "!**/testing.ts", "!*/contract.ts"];

/** What lies outside the archive: Node can't read inside one. */
function engineFiles({ target, lock, staged, node }: PackageOptions): FileSet[] {
  const under = (from: string, filter: string[] = ["**/*"]) => ({ from, to: `${HOME}/${from}`, filter });
  const bin = target.os === "win32" ? ["shelfmatch.cmd", "path.ps1"] : ["shelfmatch"];
  return [
    { from: staged, to: HOME, filter: ["package.json", "THIRD-PARTY-LICENCES.txt"] },
    { from: ".", to: HOME, filter: ["LICENSE"] },
    { from: "electron/resources/bin", to: `${HOME}/bin`, filter: bin },
    under("engine", ["**/*", ...NO_TESTS]),
    under("shared", ["**/*", ...NO_TESTS.slice(0, 3)]),
    under("seed"),
    under("triton/weights"),
    // The stack that the app starts in Docker builds its Triton from these.
    under("triton/shelfmatch_triton", ["**/*", "!**/*_test.py", "!**/*_modeltest.py", "!**/__pycache__/**"]),
    under("docker", ["**/*", ...NO_TESTS, "!vitest.config.mts", "!secrets/**", "!.env"]),
    { from: ".", to: HOME, filter: [".dockerignore"] },
    // The same pages, for `shelfmatch serve`.
    under("dist/renderer"),
    under("node_modules", moduleFiles(shippedModules(lock, target), target)),
    ...(node === null ? [] : [{ from: node, to: `${HOME}/node_modules/${nodePackage(target)}/bin/node` }]),
  ];
}

export function builderConfig(options: PackageOptions): Configuration {
  const { target, staged, output, feed, runtime, older } = options;
  return {
    appId: "app.shelfmatch.desktop",
    productName: "Shelfmatch",
    copyright: `${AUTHORS}; Apache License 2.0`,
    extraMetadata: {
      productName: "Shelfmatch",
      // The system's name for the window on Linux, by which it finds its icon.
      desktopName: "shelfmatch-desktop.desktop",
      author: AUTHORS,
      // Debian's packages must name one; whoever hands them out puts theirs here.
      homepage: "https://shelfmatch.example",
    },
    directories: { output, buildResources: "electron/resources" },
    files: ["package.json", "out/{main,preload,renderer}/**/*", "!**/.*-stamp"],
    asar: true,
    extraResources: engineFiles(options),
    // False: the modules are seen to elsewhere. They are named above, and all native ones are made for Node: nothing is
    // gathered into the archive, nothing is built anew.
    beforeBuild: async () => false,
    // The interface is in English; Chromium's 53 others weigh 27 MB.
    electronLanguages: ["en", "en-US"],
    afterPack: async (context: AfterPackContext) => {
      await setFuses(program(context), { all: !older, signs: target.os === "darwin" });
      rmSync(join(context.packager.getResourcesDir(context.appOutDir), "default_app.asar"), { force: true });
      options.onPacked?.(context.appOutDir);
    },
    publish: feed === null ? null : { provider: "generic", url: feed },
    electronDist: runtime.folder,
    electronVersion: runtime.version,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in.
    artifactName: "Shelfmatch-${version}-${os}-${arch}.${ext}",
    linux: {
      target: ["AppImage", "deb", "tar.gz"],
      // `shelfmatch` is the command line.
      executableName: "shelfmatch-desktop",
      icon: `${staged}/icons`,
      category: "Office",
      synopsis: "Tells which product of a catalogue a photo shows",
      maintainer: `${AUTHORS} <authors@shelfmatch.example>`,
      vendor: AUTHORS,
      fileAssociations: PICTURES,
    },
    deb: { afterInstall: `${staged}/after-install.sh`, afterRemove: `${staged}/after-remove.sh` },
    win: { target: ["nsis"], icon: `${staged}/icon.ico` },
    nsis: {
      // Files are associated by installer.nsh: electron-builder's own way makes the app the viewer of every picture.
      include: "electron/resources/installer.nsh",
      oneClick: false,
      perMachine: false,
      allowToChangeInstallationDirectory: true,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in.
      artifactName: "Shelfmatch-Setup-${version}-${arch}.${ext}",
    },
    mac: {
      target: ["dmg"],
      icon: `${staged}/icon.icns`,
      category: "public.app-category.business",
      // Node 24's.
      minimumSystemVersion: "13.5",
      hardenedRuntime: true,
      entitlements: "electron/resources/entitlements.mac.plist",
      entitlementsInherit: "electron/resources/entitlements.mac.plist",
      extendInfo: { NSCameraUsageDescription: CAMERA },
      fileAssociations: PICTURES.map(({ ext, name }) => ({ ext, name, role: "Viewer", rank: "Alternate" })),
    },
  };
}

/** What Electron's fuses are in. */
function program({ appOutDir, electronPlatformName, packager }: AfterPackContext): string {
  const { productFilename } = packager.appInfo;
  if (electronPlatformName === "darwin") return join(appOutDir, `${productFilename}.app`);
  if (electronPlatformName === "win32") return join(appOutDir, `${productFilename}.exe`);
  return join(appOutDir, "shelfmatch-desktop");
}
