import type { Context } from "hono";
import { Hono } from "hono";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { AuthSettings } from "./auth.ts";
import { LOGOUT_COOKIE, login } from "./auth.ts";
import { errorResponse } from "./replies.ts";

const MAX_BODY_BYTES = 4096;

function page(wrong: boolean): string {
  const note = wrong ? '<p role="alert">That is not the token. It is the one in the settings, server.token.</p>' : "";
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shelfmatch</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/login.css"></head><body><main>
<h1>Shelfmatch</h1>${note}<form method="post" action="/login"><label for="token">Access token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Sign in</button></form></main></body></html>`;
}

const CSS = `:root{color-scheme:light dark;font:16px system-ui,sans-serif}body{margin:0;display:grid;min-height:100vh;
place-items:center}main{width:min(22rem,90vw)}form{display:grid;gap:.6rem}input,button{font:inherit;padding:.6rem}
[role=alert]{color:light-dark(#a30000,#ff9b9b)}`;

async function givenToken(c: Context): Promise<string> {
  if (Number(c.req.header("content-length") ?? Number.POSITIVE_INFINITY) > MAX_BODY_BYTES) return "";
  const body: unknown = c.req.header("content-type")?.startsWith("application/json")
    ? await c.req.json().catch(() => null)
    : await c.req.parseBody().catch(() => null);
  const token = typeof body === "object" && body !== null && "token" in body ? body.token : null;
  return typeof token === "string" ? token : "";
}

/** Where browsers trade the token for a session cookie: `POST /login` as a form, or as JSON for a page's own script. */
export function loginRoutes(settings: () => AuthSettings): Hono {
  const app = new Hono();
  app.get("/login", (c) => c.html(page(false)));
  app.get("/login.css", (c) => c.body(CSS, 200, { "content-type": "text/css" }));
  app.post("/login", async (c) => {
    const json = c.req.header("content-type")?.startsWith("application/json") ?? false;
    const cookie = login(
      await givenToken(c),
      settings(),
      new URL(c.req.header("origin") ?? c.req.url).protocol === "https:",
    );
    if (cookie !== null) {
      c.header("set-cookie", cookie);
      return json ? c.body(null, 204) : c.redirect("/", 303);
    }
    if (!json) return c.html(page(true), 401);
    return errorResponse(
      new ShelfmatchError("UNAUTHORIZED", "That is not the token of this server (server.token)."),
      "/login",
    );
  });
  app.post("/logout", (c) => {
    c.header("set-cookie", LOGOUT_COOKIE);
    return c.body(null, 204);
  });
  return app;
}
