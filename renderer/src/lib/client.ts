import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import type { Contract } from "../../../shared/contract/contract.ts";
import { desktop } from "./desktop.ts";
import { desktopLink } from "./desktop-link.ts";

const { link, address } =
  desktop === null
    ? { link: new RPCLink({ url: `${location.origin}/rpc` }), address: () => location.origin }
    : desktopLink(desktop);

/** The renderer's only way out: the desktop's MessagePort, or the web host that served the page. */
export const client: ContractRouterClient<Contract> = createORPCClient(link);

/** Where a program on this machine finds the plain HTTP interface now. */
export const apiAddress = () => `${address()}/api/v1`;

/** Where pictures are: here, but in the desktop's pages of a dev server, which has none. */
const pictures = desktop !== null && location.protocol !== "app:" ? "app://shelfmatch" : "";

/** Addresses for `<img>`: the browser then caches and decodes by itself. */
export function pictureUrl(hash: string, size: "thumbnail" | "full"): string {
  return `${pictures}/api/v1/pictures/${hash}?size=${size}`;
}

export function exampleUrl(name: string): string {
  return `${pictures}/api/v1/examples/${encodeURIComponent(name)}`;
}

export function evaluationPictureUrl(id: string, query: number): string {
  return `${pictures}/api/v1/evaluations/${id}/pictures/${query}`;
}

export function runPhotoUrl(runId: string): string {
  return `${pictures}/api/v1/runs/${encodeURIComponent(runId)}/photo`;
}

export function batchPictureUrl(id: string, item: number, size: "thumbnail" | "full"): string {
  return `${pictures}/api/v1/batches/${id}/items/${item}/picture?size=${size}`;
}
