import { once } from "node:events";
import { resolve } from "node:path";
import { printable } from "./table.ts";

/** What a command has of the world around it. */
export interface Io {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
  /** Folder of the caller: paths on the command line are relative to it. */
  cwd: string;
  /** Fires on Ctrl-C and on a request to end. */
  signal: AbortSignal;
}

/** npm runs scripts in the project's folder and says in INIT_CWD where it was called. */
export function callerFolder(env: Io["env"], cwd: string): string {
  return env.INIT_CWD || cwd;
}

export function fromCaller(io: Io, path: string): string {
  return resolve(io.cwd, path);
}

/** One line on stdout; waits for a slow reader, so that thousands of lines are never held in memory. */
export async function printLine(io: Io, text: string): Promise<void> {
  if (!io.stdout.write(`${text}\n`)) await once(io.stdout, "drain", { signal: io.signal });
}

export async function printJson(io: Io, value: unknown): Promise<void> {
  await printLine(io, JSON.stringify(value));
}

/** A line for people, beside the results; what files and callers name in it can't steer the terminal. */
export function say(io: Io, text: string): void {
  io.stderr.write(`${text.split("\n").map(printable).join("\n")}\n`);
}

/** One line on a terminal, written over by the next; nothing where stderr is a file. `null` wipes it away. */
export function sayProgress(io: Io, text: string | null): void {
  if (io.stderr.isTTY === true) io.stderr.write(`\r\u001b[K${text ?? ""}`);
}
