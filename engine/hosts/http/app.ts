import type { HttpBindings } from "@hono/node-server";
import { type Handler, Hono } from "hono";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { ApiContext, Caller } from "../../api/context.ts";
import { journalError, toShelfmatchError } from "../../api/errors.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { isLoopback } from "../../config/loopback.ts";
import type { EngineServices } from "../../services.ts";
import type { AuthSettings, Identity } from "./auth.ts";
import { identify } from "./auth.ts";
import { readBody } from "./body.ts";
import { createCalls } from "./calls.ts";
import { docsRoutes } from "./docs-page.ts";
import type { GuardSettings } from "./guard.ts";
import { assertHost, assertOrigin } from "./guard.ts";
import { loginRoutes } from "./login-page.ts";
import { createMetrics } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { isPageAddress, pages } from "./pages.ts";
import { pictureCache } from "./picture-cache.ts";
import { errorResponse } from "./replies.ts";
import { secure } from "./security-headers.ts";

export interface AppOptions {
  services: EngineServices;
  config: LoadedConfig;
  /** Address that the server listens on. */
  listens: string;
  auth: AuthSettings;
  version: string;
  uploadFolder: string;
  rendererFolder: string;
}

type Env = { Bindings: HttpBindings };

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** First segment of the path, for counting: the rest is the caller's to choose. */
function areaOf(path: string): string {
  const first = path.split("/")[1] ?? "";
  return ["rpc", "api", "healthz", "metrics", "login", "assets"].includes(first) ? first : "page";
}

function callerOf(identity: Identity, incoming: HttpBindings["incoming"]): Caller {
  const peer = incoming.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  const proxied = incoming.headers.forwarded !== undefined || incoming.headers["x-forwarded-for"] !== undefined;
  return { local: identity === "engine", sameMachine: isLoopback(peer) && !proxied };
}

/** Everything that the web host answers, as one Hono app. */
export async function createApp(options: AppOptions): Promise<Hono<Env>> {
  const { services, config, auth, uploadFolder } = options;
  const metrics = createMetrics(services);
  const calls = createCalls(metrics);
  const document = await openApiDocument(options.version);
  const page = await pages(options.rendererFolder);
  const guard = (): GuardSettings => ({
    listens: options.listens,
    allowedHosts: config.current.server.allowedHosts,
  });
  const identityOf = (headers: Headers): Identity => {
    const identity = identify(headers, auth);
    if (identity !== null) return identity;
    throw new ShelfmatchError(
      "UNAUTHORIZED",
      "This server asks for a token: send Authorization: Bearer <server.token>, or sign in at /login.",
    );
  };

  const app = new Hono<Env>();
  app.onError((error, c) => {
    const known = toShelfmatchError(error);
    journalError(services.journal, known, `${c.req.method} ${c.req.path}`);
    return errorResponse(known, c.req.path);
  });
  app.use(async (c, next) => {
    const began = performance.now();
    await next();
    secure(c.res.headers, c.req.path);
    const ms = performance.now() - began;
    const { method, path } = c.req;
    metrics.requested(method, areaOf(path), c.res.status, ms / 1000);
    const message = `${method} ${path} ${c.res.status}`;
    const line = { time: Date.now(), level: "debug", component: "http", runId: null } as const;
    services.journal.log({ ...line, message, data: { ms: Math.round(ms) } });
  });
  app.use(async (c, next) => {
    // Node takes methods that no `Request` can have (TRACE): they would fail as an error of the app.
    if (!METHODS.has(c.req.method)) {
      const message = `There are no calls by ${c.req.method}. /api/docs shows the ones there are.`;
      return errorResponse(new ShelfmatchError("INVALID_INPUT", message), c.req.path, 405);
    }
    return next();
  });
  app.use(async (c, next) => {
    assertHost(c.req.header("host"), guard());
    // A link from elsewhere may open a page; only that.
    const navigates =
      c.req.method === "GET" && areaOf(c.req.path) !== "rpc" && c.req.header("sec-fetch-mode") === "navigate";
    if (!navigates) assertOrigin(c.req.raw.headers, guard());
    await next();
  });

  app.get("/healthz", async (c) => {
    const { status } = await services.health();
    return c.json({ status }, status === "down" ? 503 : 200);
  });
  app.get("/metrics", async (c) => {
    identityOf(c.req.raw.headers);
    return c.body(await metrics.text(), 200, { "content-type": metrics.contentType });
  });
  app.route(
    "/",
    loginRoutes(() => auth),
  );
  app.get("/api/openapi.json", (c) => c.json(document));
  app.route("/", docsRoutes());

  app.use("/api/v1/pictures/:hash", async (c, next) => {
    identityOf(c.req.raw.headers);
    return pictureCache(c, next);
  });
  // A wall of photos is scrolled to and fro; an item's picture is the same for as long as there is the item.
  app.use("/api/v1/batches/:id/items/:item/picture", async (c, next) => {
    await next();
    if (c.res.status === 200) c.res.headers.set("cache-control", "private, max-age=3600");
  });
  const call: Handler<Env> = async (c) => {
    const { path, raw, method } = c.req;
    const identity = identityOf(raw.headers);
    const context: ApiContext = {
      services,
      settings: config,
      caller: callerOf(identity, c.env.incoming),
      uploadFolder,
      observer: metrics.observer,
    };
    const { request, dispose } = await readBody(raw, c.env.incoming, config.current.limits, uploadFolder);
    try {
      const response = await calls.handle(request, context);
      if (response !== null) return response;
      const message = `There is no call ${method} ${path}. /api/docs shows the ones there are.`;
      return errorResponse(new ShelfmatchError("INVALID_INPUT", message), path, 404);
    } finally {
      await dispose();
    }
  };
  app.all("/rpc/*", call);
  app.all("/api/*", call);
  app.all("*", async (c) => {
    if (isPageAddress(c.req.path) && c.req.method === "GET" && identify(c.req.raw.headers, auth) === null)
      return c.redirect("/login");
    return page(c);
  });
  return app;
}
