import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { expandFormFields } from "./form-fields.ts";
import { readForm, tooLarge } from "./multipart.ts";

/** Anything but files: JSON and plain forms. */
const TEXT_BYTES = 8 * 1024 * 1024;
const TEXT_TYPES = new Set(["application/json", "application/x-www-form-urlencoded"]);
/** What a form may hold beside its files. */
const FIELD_SLACK = 1024 * 1024;

export interface ReadRequest {
  request: Request;
  /** Removes what was spooled and not taken. */
  dispose(): Promise<void>;
}

/** A request whose form was read already, within the limits, by a parser that streams. */
class FormRequest extends Request {
  override readonly formData: Request["formData"];

  constructor(source: Request, form: FormData) {
    const headers = new Headers(source.headers);
    headers.delete("content-disposition");
    super(source.url, { method: source.method, headers, signal: source.signal });
    this.formData = () => Promise.resolve(form);
  }
}

async function readText(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      received += chunk.length;
      chunks.push(chunk);
      if (received <= TEXT_BYTES) return;
      incoming.off("data", onData);
      reject(tooLarge("The request", TEXT_BYTES));
    };
    incoming.on("data", onData);
    incoming.once("end", resolve);
    incoming.once("error", reject);
    incoming.once("close", () => {
      reject(new ShelfmatchError("CANCELLED", "The request ended before it was whole. Send it again."));
    });
  });
  return Buffer.concat(chunks);
}

/** What may be gigabytes: files of an import, photos of an evaluation or a batch, and a backup. */
const SPOOLED = new Set([
  ...["/rpc/imports/start", "/api/v1/imports", "/rpc/data/check", "/api/v1/data/restores"],
  ...["/rpc/evaluate/startFolder", "/api/v1/evaluations/folders"],
  ...["/rpc/batch/start", "/rpc/batch/add", "/api/v1/batches"],
]);
const isSpooled = (path: string) => SPOOLED.has(path) || /^\/api\/v1\/batches\/[0-9a-f-]{36}\/files$/.test(path);

/** Files of plain HTTP go by the contract's names; those of /rpc by number, beside the one text field `data`. */
const isFileField = (path: string) => (name: string) =>
  path.startsWith("/rpc/") ? /^\d+$/.test(name) : /^(picture|pictures|file|files)(\[\d*\])?$/.test(name);

/**
 * The request with its body read, as it came in, within the limits of its route.
 * @param uploadFolder where the files of an import, and a backup, are spooled
 * @throws ShelfmatchError UPLOAD_TOO_LARGE, INVALID_INPUT, CANCELLED, DISK_FULL
 */
export async function readBody(
  source: Request,
  incoming: IncomingMessage,
  limits: Config["limits"],
  uploadFolder: string,
): Promise<ReadRequest> {
  const nothing = async () => {};
  if (source.method === "GET" || source.method === "HEAD") return { request: source, dispose: nothing };
  const { pathname } = new URL(source.url);
  const multipart = source.headers.get("content-type")?.startsWith("multipart/form-data") ?? false;
  const spooled = multipart && isSpooled(pathname);
  const file = spooled ? limits.uploadBytes : limits.pictureBytes;
  const total = spooled ? limits.uploadBytes : multipart ? 4 * limits.pictureBytes + FIELD_SLACK : TEXT_BYTES;
  if (Number(source.headers.get("content-length")) > total) throw tooLarge("The upload", total);

  if (!multipart) {
    const body = await readText(incoming);
    const type = source.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    if (source.method === "POST" && body.length > 0 && pathname.startsWith("/api/") && !TEXT_TYPES.has(type)) {
      const message = `The body is ${type === "" ? "of no type" : type}, which no call takes. Send JSON, or files as multipart/form-data (curl -F picture=@photo.jpg), as /api/docs shows.`;
      throw new ShelfmatchError("INVALID_INPUT", message, { details: { type } });
    }
    const headers = new Headers(source.headers);
    headers.delete("content-disposition");
    const { method, signal, url } = source;
    const request = new Request(url, { method, headers, signal, ...(body.length === 0 ? {} : { body }) });
    return { request, dispose: nothing };
  }

  const spoolFolder = spooled ? join(uploadFolder, `${randomUUID()}.parts`) : null;
  const dispose = spoolFolder === null ? nothing : () => rm(spoolFolder, { recursive: true, force: true });
  try {
    const form = await readForm(incoming, { file, total, spoolFolder, isFile: isFileField(pathname) });
    const fields = pathname.startsWith("/rpc/") ? form : expandFormFields(form);
    return { request: new FormRequest(source, fields), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
