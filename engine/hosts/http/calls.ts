import { OpenAPIHandler } from "@orpc/openapi/fetch";
import { RPCHandler } from "@orpc/server/fetch";
import type { ApiContext } from "../../api/context.ts";
import { toORPCError, toShelfmatchError } from "../../api/errors.ts";
import { router } from "../../api/router.ts";
import type { Metrics } from "./metrics.ts";
import { errorBody } from "./replies.ts";

/** The contract over HTTP: `/rpc` for our own clients, `/api/v1` for everybody. */
export interface Calls {
  /** null where the path names no call. */
  handle(request: Request, context: ApiContext): Promise<Response | null>;
}

/** Errors of reading a request (broken JSON, a file over the limit) arise before the router's own middleware. */
async function inOurWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toORPCError(toShelfmatchError(error));
  }
}

async function counted<T>(
  metrics: Metrics,
  door: "rpc" | "api",
  path: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const call = path.join(".");
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
    interceptors: [({ next }) => inOurWords(() => next())],
    clientInterceptors: [({ path, next }) => counted(metrics, "rpc", path, async () => next())],
  });
  const api = new OpenAPIHandler(router, {
    interceptors: [({ next }) => inOurWords(() => next())],
    clientInterceptors: [({ path, next }) => counted(metrics, "api", path, async () => next())],
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
