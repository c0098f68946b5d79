import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { createByteMeter } from "./byte-meter.ts";
import type { BackedUpFile } from "./manifest.ts";

/** Writes a zip entry by entry, hashing what goes in: a file is read once. */
export interface Archive {
  /**
   * @param onBytes told of every chunk that was read
   * @throws the file system's ENOENT where there is no such file: nothing of it is in the archive then
   */
  addFile(path: string, file: string, onBytes: (bytes: number) => void): Promise<BackedUpFile>;
  addText(path: string, text: string): Promise<BackedUpFile>;
}

/** Pictures and packed vectors don't shrink; databases do, and JSON. */
const SHRINKS = /\.(sqlite|json)$/;
/** Level 1 takes half the time of the usual 6, for a tenth more of the databases' bytes. */
const LEVEL = 1;

/**
 * Makes the archive `target`, on the disk when it resolves. What a failure leaves is its caller's to remove.
 * @returns size and SHA-256 of the whole, and what `fill` gives
 * @throws the file system's errors, the signal's reason
 */
export async function writeArchive<T>(
  target: string,
  fill: (archive: Archive) => Promise<T>,
  signal: AbortSignal,
): Promise<{ bytes: number; sha256: string; filled: T }> {
  const zip = new ZipFile();
  const whole = createByteMeter();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const output = pipeline(zip.outputStream, whole.stream, createWriteStream(target, { flags: "wx", mode: 0o600 }), {
    signal: either,
  });
  const failed = output.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});

  async function add(path: string, source: Readable, onBytes: (bytes: number) => void): Promise<BackedUpFile> {
    const { stream, result } = createByteMeter({ onBytes });
    // The date of an entry says nothing: the manifest has the day of the whole.
    zip.addReadStream(stream, path, {
      mtime: new Date(0),
      mode: 0o100600,
      compressionLevel: SHRINKS.test(path) ? LEVEL : 0,
    });
    await Promise.race([pipeline(source, stream, { signal: either }), failed]);
    return { path, ...result() };
  }

  try {
    const filled = await fill({
      async addFile(path, file, onBytes) {
        signal.throwIfAborted();
        // Opened before the archive has an entry for it.
        const handle = await open(file, "r");
        return add(path, handle.createReadStream(), onBytes);
      },
      addText: (path, text) => add(path, Readable.from([Buffer.from(text)]), () => {}),
    });
    zip.end();
    await output;
    const handle = await open(target, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { ...whole.result(), filled };
  } catch (error) {
    stop.abort(error);
    await output.catch(() => {});
    throw error;
  }
}
