import { createHash } from "node:crypto";
import { Transform } from "node:stream";

interface ByteMeterOptions {
  /** Told of the bytes of each chunk. */
  onBytes?(bytes: number): void;
  /** Bytes; the stream fails at the first beyond them. */
  most?: number;
}

/** A stream that gives on what comes, counts it and hashes it; `result` is asked for once, when all has passed. */
export function createByteMeter({ onBytes = () => {}, most = Number.POSITIVE_INFINITY }: ByteMeterOptions = {}) {
  const hash = createHash("sha256");
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes(chunk.length);
      done(bytes > most ? new Error("it is longer than it says") : null, chunk);
    },
  });
  return { stream, result: () => ({ bytes, sha256: hash.digest("hex") }) };
}
