import { OpenAPIHandler } from "@orpc/openapi/fetch";
import { ORPCError } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fetch";
import type { ApiContext } from "../../api/context.ts";
import { journalError, toORPCError, toShelfmatchError } from "../../api/errors.ts";
import { router } from "../../api/router.ts";
import type { Metrics } from "./metrics.ts";
import { errorBody } from "./replies.ts";

/** The contract over HTTP: `/rpc` for our own clients, `/api/v1` for everybody. */
export interface Calls {
  /** null where the path names no call. */
  handle(request: Request, context: ApiContext): Promise<Response | null>;
}

/** Requests whose procedure was reached. What fails before it is the request's fault, after it ours. */
const reached = new WeakSet<ApiContext>();

/** Errors of reading a request (broken JSON, a form that is none) arise before the router's own middleware. */
async function inOurWords<T>(context: ApiContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ORPCError) throw toORPCError(toShelfmatchError(error));
    const cause = reached.has(context) ? error : new ORPCError("BAD_REQUEST", { cause: error });
    const known = toShelfmatchError(cause);
    journalError(context.services.journal, known, "request");
    throw toORPCError(known);
  }
}

async function counted<T>(
  metrics: Metrics,
  door: "rpc" | "api",
  { context, path }: { context: ApiContext; path: readonly string[] },
  work: () => Promise<T>,
): Promise<T> {
  const call = path.join(".");
  reached.add(context);
  try {
    const output = await work();
    metrics.called(door, call, "OK");
    return output;
  } catch (error) {
    metrics.called(door, call, toShelfmatchError(error).code);
    throw error;
  }
}

export function createCalls(metrics: Metrics): Calls {
  const rpc = new RPCHandler(router, {
    interceptors: [({ context, next }) => inOurWords(context, () => next())],
    clientInterceptors: [({ next, ...call }) => counted(metrics, "rpc", call, async () => next())],
  });
  const api = new OpenAPIHandler(router, {
    interceptors: [({ context, next }) => inOurWords(context, () => next())],
    clientInterceptors: [({ next, ...call }) => counted(metrics, "api", call, async () => next())],
    customErrorResponseBodyEncoder: (error) => errorBody(toShelfmatchError(error)),
  });
  return {
    async handle(request, context) {
      const isRpc = new URL(request.url).pathname.startsWith("/rpc/");
      const { response } = isRpc
        ? await rpc.handle(request, { prefix: "/rpc", context })
        : await api.handle(request, { prefix: "/api/v1", context });
      return response ?? null;
    },
  };
}
