import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { arch, availableParallelism, cpus, release, totalmem, type } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { About } from "../shared/contract/system.ts";
import type { Parts } from "./config/parts.ts";
import { isAbsent } from "./lib/absent.ts";
import type { Calibration } from "./match/calibration.ts";
import { VERSION } from "./version.ts";

const ROOT = join(import.meta.dirname, "..");
/** Written beside the built pages. */
const BUILD = join(ROOT, "dist", "renderer", "build.json");
const buildSchema = z.object({ commit: z.string().nullable() });

const run = promisify(execFile);

/** Of a checkout what git says now; of an installation what its build noted. */
async function commit(): Promise<string | null> {
  try {
    const { stdout } = await run("git", ["rev-parse", "--show-toplevel", "--short=12", "HEAD"], { cwd: ROOT });
    const [top = "", found = ""] = stdout.split("\n");
    // An installation may lie inside somebody else's repository.
    if (resolve(top) === resolve(ROOT) && /^[0-9a-f]{7,40}$/.test(found)) return found;
  } catch {
    // No git, or no repository: most installations have neither.
  }
  try {
    return buildSchema.parse(JSON.parse(await readFile(BUILD, "utf8"))).commit;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

interface AboutOptions {
  profile: string;
  parts: Parts;
  fingerprint: About["fingerprint"];
  calibration(): Pick<Calibration, "fingerprint" | "measuredOn">;
}

/** What a bug report needs to know: no path, no address, no setting beyond which parts run. */
export function createAbout({ profile, parts, fingerprint, calibration }: AboutOptions): () => Promise<About> {
  return async () => ({
    version: VERSION,
    commit: await commit(),
    node: process.versions.node,
    platform: `${type()} ${release()}, ${arch()}`,
    processors: `${availableParallelism()} of ${cpus()[0]?.model.trim() || "unknown make"}`,
    memoryBytes: totalmem(),
    profile,
    parts: { ...parts },
    fingerprint,
    calibration: {
      fingerprint: calibration().fingerprint,
      measuredOn: calibration().measuredOn,
      fits: calibration().fingerprint === fingerprint.image,
    },
  });
}
