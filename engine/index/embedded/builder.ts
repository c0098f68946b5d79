import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { VectorName } from "../port.ts";

const answer = z.object({ lastRow: z.int() });
const PROGRAM = join(import.meta.dirname, "build-worker.ts");

export interface BuildOptions {
  /** The collection's database. */
  file: string;
  name: VectorName;
  dimensions: number;
  /** Made by the build. */
  folder: string;
  signal: AbortSignal;
}

/**
 * Builds a graph in a process of its own.
 * @returns the last row that is in it
 * @throws AbortError when the signal fires, or an error with what the process said
 */
export async function buildGraph({ file, name, dimensions, folder, signal }: BuildOptions): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, file, name, String(dimensions), folder], {
    signal,
    killSignal: "SIGKILL",
    windowsHide: true,
  });
  return answer.parse(JSON.parse(stdout)).lastRow;
}
