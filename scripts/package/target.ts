/** A kind of machine that the app is packed for, in the words of Node and npm. */
export interface Target {
  os: "linux" | "win32" | "darwin";
  arch: "x64" | "arm64";
}

/** @throws Error where nobody packs the app on such a machine */
export function thisMachine(os: string = process.platform, arch: string = process.arch): Target {
  if ((os !== "linux" && os !== "win32" && os !== "darwin") || (arch !== "x64" && arch !== "arm64"))
    throw new Error(`Shelfmatch is not packed for ${os}-${arch}: pack it on Linux, Windows or macOS, x64 or arm64.`);
  return { os, arch };
}

/** Where the engine looks for its Node, below node_modules (electron/main/engine-program.ts, bin/shelfmatch). */
export function nodePackage({ os, arch }: Target): string {
  return `node-${os === "win32" ? "win" : os}-${arch}`;
}
