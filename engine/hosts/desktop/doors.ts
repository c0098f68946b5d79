import { LinkFetchClient } from "@orpc/client/fetch";
import { StandardRPCHandler } from "@orpc/server/standard";
import { createServerPeerHandleRequestFn } from "@orpc/server/standard-peer";
import type { StandardRequest, StandardResponse } from "@orpc/standard-server";
import { router } from "../../api/router.ts";
import type { HostedEngine } from "../hosted-engine.ts";
import { localContext } from "../hosted-engine.ts";
import type { EngineInfo } from "../lock.ts";

/** Answers the requests of a port. */
export type Door = (request: StandardRequest) => Promise<StandardResponse>;

/** To the engine in this process. */
export function ownDoor(engine: HostedEngine): Door {
  return createServerPeerHandleRequestFn(new StandardRPCHandler(router), { context: localContext(engine) });
}

/**
 * To the engine of another process, over its web host.
 * @param onLost told when it does not answer any more
 */
export function otherDoor({ endpoint, token }: EngineInfo, onLost: (error: unknown) => void): Door {
  const http = new LinkFetchClient({});
  return async (request) => {
    const url = new URL(`${endpoint}/rpc${request.url.pathname}${request.url.search}`);
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    try {
      const { body, ...response } = await http.call({ ...request, url, headers }, { context: {} }, [], undefined);
      return { ...response, body: await body() };
    } catch (error) {
      if (error instanceof TypeError) onLost(error);
      throw error;
    }
  };
}
