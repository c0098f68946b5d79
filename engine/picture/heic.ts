import { Piscina } from "piscina";
import type { HeicResult, HeicTask } from "./heic-worker.ts";

/** Milliseconds that an unused decoder stays: a folder of phone photos needs it often, most people never. */
const IDLE_MS = 10_000;

let pool: Piscina<HeicTask, HeicResult> | null = null;

/**
 * Decodes HEIC in a worker thread of its own, started when the first such picture comes: a 12-megapixel photo takes
 * about a second of WebAssembly.
 * @throws Error where libheif can't read it
 */
export function decodeHeic(bytes: Uint8Array, maxPixels: number): Promise<HeicResult> {
  pool ??= new Piscina({
    filename: new URL("./heic-worker.ts", import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
  });
  return pool.run({ bytes, maxPixels });
}
