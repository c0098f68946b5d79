import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ProblemState } from "../../../shared/contract/journal.ts";
import { client } from "../lib/client.ts";
import { toProblem } from "../lib/problem.ts";
import { api } from "../lib/queries.ts";

/** Marks a problem, with a note or without; no state takes the mark away, and its note with it. */
export function useMark(fingerprint: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (mark: { state: ProblemState | null; note: string | null }) =>
      client.journal.mark({ fingerprint, ...mark }),
    onSettled: () => queries.invalidateQueries({ queryKey: api.journal.problems.key() }),
    onError: (error) => notifications.show({ color: "red", message: toProblem(error).message }),
  });
}
