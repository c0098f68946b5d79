import { resolve } from "node:path";

/** What the command line of a start says. */
export interface Launch {
  /** `--data`, or SHELFMATCH_DATA; null where neither is given. */
  dataFolder: string | null;
  /** Files and folders to open, absolute. */
  files: string[];
}

interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** The first plain argument is the app's own folder: Electron was started on one. */
  startedOnFolder: boolean;
}

/** @param argv of the process, its own program first */
export function readLaunch(argv: readonly string[], { env, cwd, startedOnFolder }: Surroundings): Launch {
  let dataFolder = env.SHELFMATCH_DATA || null;
  const plain: string[] = [];
  const args = argv.slice(1);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--data") {
      i += 1;
      dataFolder = args[i] || dataFolder;
    } else if (arg.startsWith("--data=")) dataFolder = arg.slice("--data=".length) || dataFolder;
    // Chromium's own switches, and whatever the system adds (-psn_ on macOS).
    else if (!arg.startsWith("-")) plain.push(arg);
  }
  const files = plain.slice(startedOnFolder ? 1 : 0).map((file) => resolve(cwd, file));
  return { dataFolder: dataFolder === null ? null : resolve(cwd, dataFolder), files };
}
