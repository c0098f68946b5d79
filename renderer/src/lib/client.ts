import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import type { Contract } from "../../../shared/contract/contract.ts";

/**
 * The renderer's only way out. Here it is the web host that served the page; the desktop's MessagePort joins in this
 * module and nowhere else.
 */
export const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ url: `${location.origin}/rpc` }));

/** Where a program on this machine finds the plain HTTP interface. */
export const apiAddress = `${location.origin}/api/v1`;

/** Addresses for `<img>`: the browser then caches and decodes by itself. */
export function pictureUrl(hash: string, size: "thumbnail" | "full"): string {
  return `/api/v1/pictures/${hash}?size=${size}`;
}

export function exampleUrl(name: string): string {
  return `/api/v1/examples/${encodeURIComponent(name)}`;
}

export function runPhotoUrl(runId: string): string {
  return `/api/v1/runs/${encodeURIComponent(runId)}/photo`;
}
