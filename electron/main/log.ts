import { createWriteStream, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** A log of the desktop's own. What the engine does is in its journal; here is what happens around it. */
export interface Log {
  /** One line, with the time before it. */
  line(text: string): void;
  /** As it comes: another program's output. */
  raw(chunk: Buffer): void;
}

const MOST_BYTES = 4 * 1024 * 1024;

function size(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    // Not there yet.
    return 0;
  }
}

/** Starts anew, keeping one older file, where it has grown too large. */
export function openLog(path: string): Log {
  mkdirSync(dirname(path), { recursive: true });
  if (size(path) > MOST_BYTES) renameSync(path, `${path}.1`);
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  // A full disk must not end the app; the engine says that the disk is full.
  stream.on("error", () => {});
  return {
    line: (text) => void stream.write(`${new Date().toISOString()} ${text}\n`),
    raw: (chunk) => void stream.write(chunk),
  };
}
