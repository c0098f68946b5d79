import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { markSpooled } from "../../api/spool.ts";

export interface FormLimits {
  /** Bytes of one file. */
  file: number;
  /** Bytes of the whole body. */
  total: number;
  /** Where files are written as they come; null keeps them in memory. */
  spoolFolder: string | null;
  /** Whether a part of this name is a file; any other one is read as text. */
  isFile: (name: string) => boolean;
}

const MAX_FILES = 200_000;
const MAX_FIELD_BYTES = 32 * 1024 * 1024;

export function tooLarge(what: string, limit: number): ShelfmatchError {
  const size = limit >= 1024 * 1024 ? `${Math.floor(limit / 1024 / 1024)} MiB` : `${limit} bytes`;
  const message = `${what} is larger than the ${size} that the settings allow. Send less at once, or raise the limit (limits.*).`;
  return new ShelfmatchError("UPLOAD_TOO_LARGE", message, { details: { limit } });
}

function broken(reason: string, cause?: unknown): ShelfmatchError {
  return new ShelfmatchError(
    "INVALID_INPUT",
    `The upload can't be read as a form: ${reason}. Send it again as multipart/form-data.`,
    { cause },
  );
}

async function inMemory(stream: Readable): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Reads a form as it comes in and stops at the first byte over a limit. Spooled files are empty `File`s that stand for
 * the one on disk (`markSpooled`): holding gigabytes in memory is what spooling is there to avoid.
 * @throws ShelfmatchError UPLOAD_TOO_LARGE, INVALID_INPUT, CANCELLED, DISK_FULL
 */
export async function readForm(incoming: IncomingMessage, limits: FormLimits): Promise<FormData> {
  const form = new FormData();
  const files: Promise<void>[] = [];
  const stop = new AbortController();
  const fail = (error: ShelfmatchError) => stop.abort(error);
  let parser: BusboyInstance;
  try {
    parser = new Busboy({
      headers: { ...incoming.headers, "content-type": incoming.headers["content-type"] ?? "" },
      preservePath: true,
      limits: { fileSize: limits.file, fieldSize: MAX_FIELD_BYTES, files: MAX_FILES, fields: MAX_FILES },
    });
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error), error);
  }

  parser.on("field", (name, value, _nameTruncated, truncated) => {
    if (truncated) fail(tooLarge(`The field "${name}"`, MAX_FIELD_BYTES));
    else form.append(name, value);
  });
  parser.on("file", (name, stream, fileName, _encoding, mediaType) => {
    const part = files.length;
    const end = () => stream.destroy(stop.signal.reason);
    stop.signal.addEventListener("abort", end, { once: true });
    stream.once("limit", () => fail(tooLarge(`The file ${fileName || name}`, limits.file)));
    const read = async () => {
      if (!limits.isFile(name)) {
        form.append(name, Buffer.from(await inMemory(stream)).toString("utf8"));
      } else if (limits.spoolFolder === null) {
        form.append(name, new File([await inMemory(stream)], fileName || name, { type: mediaType }));
      } else {
        await mkdir(limits.spoolFolder, { recursive: true });
        const path = join(limits.spoolFolder, `${part}.part`);
        const file = new File([], fileName || name, { type: mediaType });
        form.append(name, file);
        markSpooled(file, path);
        await pipeline(stream, createWriteStream(path, { flags: "wx" }));
      }
    };
    files.push(
      read()
        .catch((error: unknown) => fail(error instanceof ShelfmatchError ? error : unreadable(error)))
        .finally(() => stop.signal.removeEventListener("abort", end)),
    );
  });
  for (const event of ["filesLimit", "fieldsLimit", "partsLimit"] as const) {
    parser.on(event, () => fail(broken(`it has more than ${MAX_FILES} parts`)));
  }

  let received = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > limits.total) fail(tooLarge("The upload", limits.total));
      done(null, chunk);
    },
  });
  // Not `pipeline`: it would destroy the request, and its socket with it, before the refusal could be answered.
  await new Promise<void>((resolve) => {
    incoming.once("error", (error) => fail(cancelled(error)));
    incoming.once("close", () => {
      if (!incoming.complete) fail(cancelled(null));
    });
    parser.once("finish", resolve);
    parser.on("error", (error: unknown) => fail(unreadable(error)));
    counter.on("error", (error) => fail(unreadable(error)));
    stop.signal.addEventListener("abort", () => {
      incoming.unpipe(counter);
      counter.unpipe(parser);
      parser.destroy();
      resolve();
    });
    incoming.pipe(counter).pipe(parser);
  });
  await Promise.all(files);
  if (stop.signal.aborted) throw stop.signal.reason;
  return form;
}

function cancelled(cause: unknown): ShelfmatchError {
  return new ShelfmatchError("CANCELLED", "The upload ended before it was whole. Send it again.", { cause });
}

function unreadable(cause: unknown): ShelfmatchError {
  if (cause instanceof Error && "code" in cause && cause.code === "ENOSPC") {
    return new ShelfmatchError("DISK_FULL", "The upload does not fit on the disk. Make room, then send it again.", {
      cause,
    });
  }
  return broken(cause instanceof Error ? cause.message : String(cause), cause);
}
