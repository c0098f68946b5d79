import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { protocol } from "electron";
import type { FindFile } from "./app-files.ts";
import { APP_HOST, APP_SCHEME } from "./app-origin.ts";
import { enginePicture, isPictureAddress } from "./engine-pictures.ts";
import type { EngineProcess } from "./engine-process.ts";
import type { Log } from "./log.ts";
import { pageHeaders } from "./page-headers.ts";

interface Asked {
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Readable;
}

function plain(status: number, text: string): Answer {
  const headers = { ...pageHeaders("data"), "content-type": "text/plain; charset=utf-8" };
  return { status, headers, body: Readable.from([Buffer.from(text)]) };
}

/** Before the app is ready: what app:// is, which can't be changed later. @param dev origin of the dev server */
export function registerScheme(dev: string | null): void {
  const usual = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true };
  const privileges = { ...usual, corsEnabled: dev !== null };
  protocol.registerSchemesAsPrivileged([{ scheme: APP_SCHEME, privileges }]);
}

async function answer(asked: Asked, files: FindFile, engine: EngineProcess): Promise<Answer> {
  const { host, pathname, search } = new URL(asked.url);
  if (host !== APP_HOST || (asked.method !== "GET" && asked.method !== "HEAD")) return plain(404, "Not found.\n");
  if (isPictureAddress(pathname)) {
    const known = asked.headers["if-none-match"] ?? asked.headers["If-None-Match"];
    const picture = await enginePicture(engine, `${pathname}${search}`, known);
    return { ...picture, headers: { ...picture.headers, ...pageHeaders("data") } };
  }
  const file = files(pathname);
  if (file === null) return plain(404, "Not found.\n");
  const bytes = await readFile(file.path);
  // The build puts a hash of the content into the names below assets/.
  const cache = pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  const headers = { ...pageHeaders("page"), "content-type": file.type, "cache-control": cache };
  return { status: 200, headers, body: Readable.from([bytes]) };
}

/** Pages of the dev server show pictures of another origin than theirs. */
function forDev(answered: Answer, dev: string | null): Answer {
  if (dev === null) return answered;
  const opened = { "cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": dev };
  return { ...answered, headers: { ...answered.headers, ...opened } };
}

/** Serves the pages, and the engine's pictures, under app://shelfmatch. @param dev origin of the dev server */
export function serveApp(files: FindFile, engine: EngineProcess, dev: string | null, log: Log): void {
  const serve = async (asked: Asked): Promise<Answer> => {
    try {
      return forDev(await answer(asked, files, engine), dev);
    } catch (error) {
      log.line(`${asked.url}: ${String(error)}`);
      return plain(503, "The engine does not answer.\n");
    }
  };
  // Electron 22, which the end-to-end tests run on, has the older call only.
  if (Reflect.get(protocol, "handle") === undefined) {
    protocol.registerStreamProtocol(APP_SCHEME, (request, reply) => {
      void serve(request).then(({ status, headers, body }) => reply({ statusCode: status, headers, data: body }));
    });
    return;
  }
  protocol.handle(APP_SCHEME, async (request) => {
    const { url, method } = request;
    const { status, headers, body } = await serve({ url, method, headers: Object.fromEntries(request.headers) });
    // A Response of these may have no body, and the engine sends none.
    const bare = status === 204 || status === 304;
    return new Response(bare ? null : (Readable.toWeb(body) as ReadableStream), { status, headers });
  });
}
