import type { MiddlewareHandler } from "hono";

/** Catalogue pictures are named by their content: what a browser has of one is right for good. */
export const pictureCache: MiddlewareHandler = async (c, next) => {
  const hash = c.req.path.split("/").at(-1) ?? "";
  const etag = `"${hash}-${c.req.query("size") ?? "full"}"`;
  if (c.req.method === "GET" && c.req.header("if-none-match") === etag) {
    return c.body(null, 304, { etag, "cache-control": "private, max-age=31536000, immutable" });
  }
  await next();
  if (c.res.status !== 200) return;
  c.res.headers.set("etag", etag);
  c.res.headers.set("cache-control", "private, max-age=31536000, immutable");
};
