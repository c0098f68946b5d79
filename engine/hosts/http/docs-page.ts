import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Hono } from "hono";

/** The page to read and try the API: Swagger UI out of its npm package, so that nothing is fetched from elsewhere. */

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shelfmatch API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" href="/api/docs/favicon-32x32.png"></head><body><div id="page"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body></html>`;

// validatorUrl null: the default sends the document's address to a service of Swagger's.
const START = `SwaggerUIBundle({url: "/api/openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null,
  displayRequestDuration: true, tryItOutEnabled: true, filter: true, docExpansion: "list"});`;

const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

export function docsRoutes(): Hono {
  const folder = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));
  const app = new Hono();
  app.get("/api/docs", (c) => c.html(PAGE));
  app.get("/api/docs/start.js", (c) => c.body(START, 200, { "content-type": "text/javascript; charset=utf-8" }));
  app.get("/api/docs/:asset", async (c) => {
    const asset = c.req.param("asset");
    const type = Object.hasOwn(ASSETS, asset) ? ASSETS[asset] : undefined;
    if (type === undefined) return c.notFound();
    const bytes = await readFile(join(folder, asset));
    return c.body(new Uint8Array(bytes), 200, { "content-type": type, "cache-control": "private, max-age=86400" });
  });
  return app;
}
