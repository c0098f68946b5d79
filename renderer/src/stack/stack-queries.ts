import { keepPreviousData } from "@tanstack/react-query";
import { api } from "../lib/queries.ts";

const POLL_MS = 4_000;

/** Asked again every few seconds for as long as the page is open and in view. */
export const stackQuery = api.stack.status.queryOptions({
  refetchInterval: POLL_MS,
  placeholderData: keepPreviousData,
});

export const modelsQuery = api.stack.models.queryOptions({
  refetchInterval: POLL_MS,
  placeholderData: keepPreviousData,
});
