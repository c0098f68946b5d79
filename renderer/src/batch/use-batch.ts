import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { BatchSummary } from "../../../shared/contract/batch.ts";
import { client } from "../lib/client.ts";
import { toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";

const AGAIN_MS = 1_500;
/** Between two looks at the items, while more of them are being matched. */
const LOOK_MS = 1_200;

const key = (id: string) => api.batch.get.queryKey({ input: { id } });

export function putSummary(summary: BatchSummary): void {
  queryClient.setQueryData(key(summary.id), summary);
}

/** Items that were matched since are asked for anew; those that are out of sight when they are shown. */
function itemsChanged(id: string): void {
  void queryClient.invalidateQueries({ queryKey: api.batch.order.key({ input: { id } }) });
  void queryClient.invalidateQueries({ queryKey: api.batch.items.key({ input: { id } }) });
  void queryClient.invalidateQueries({ queryKey: api.batch.item.key({ input: { id } }) });
  void queryClient.invalidateQueries({ queryKey: api.batch.products.key({ input: { id } }) });
}

const matchedOf = ({ total, waiting, state }: BatchSummary) => `${total} ${waiting} ${state}`;

/** How far a batch is, told by the engine; followed over lost connections and engines that were started anew. */
export function useBatch(id: string) {
  const query = useQuery(api.batch.get.queryOptions({ input: { id } }));
  const known = query.data !== undefined;
  // Begun again after a pause, it has more to tell.
  const state = query.data?.state;
  useEffect(() => {
    if (!known) return;
    const stop = new AbortController();
    let last = "";
    let due: ReturnType<typeof setTimeout> | null = null;
    const look = () => {
      due ??= setTimeout(() => {
        due = null;
        itemsChanged(id);
      }, LOOK_MS);
    };
    async function follow(): Promise<void> {
      while (!stop.signal.aborted) {
        try {
          for await (const summary of await client.batch.watch({ id }, { signal: stop.signal })) {
            putSummary(summary);
            if (last !== "" && last !== matchedOf(summary)) look();
            last = matchedOf(summary);
          }
          return;
        } catch (error) {
          if (stop.signal.aborted || !toProblem(error).retryable) return;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
    void follow();
    return () => {
      stop.abort();
      // What was due is looked at at once: who comes back finds it.
      if (due !== null) {
        clearTimeout(due);
        itemsChanged(id);
      }
    };
  }, [id, known, state]);
  return query;
}
