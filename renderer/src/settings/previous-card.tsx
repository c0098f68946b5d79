import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { DataOverview } from "../../../shared/contract/data.ts";
import { Confirm } from "../lib/confirm.tsx";
import { formatBytes, formatTime } from "../lib/format.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import card from "./card.module.css";
import classes from "./data-tab.module.css";

/** What restores have put aside. */
export function PreviousCard({ previous }: Pick<DataOverview, "previous">) {
  const queries = useQueryClient();
  const remove = useMutation(
    api.data.deletePrevious.mutationOptions({
      onSuccess: (now) => queries.setQueryData(api.data.overview.queryKey(), now),
    }),
  );
  return (
    <section className={card.card} aria-labelledby="data-previous">
      <h2 id="data-previous" className={classes.cardTitle}>
        Data from before a restore
      </h2>
      <ul className={classes.plain}>
        {previous.map(({ name, path, bytes, time }) => (
          <li key={name} className={classes.previous}>
            <div>
              <code>{path}</code>
              <p className={classes.quiet}>
                {formatBytes(bytes)}, put aside {formatTime(time)}
              </p>
            </div>
            <Confirm
              label="Delete"
              ariaLabel={`Delete ${name}`}
              icon={IconTrash}
              compact
              disabled={remove.isPending}
              title="Delete the earlier data?"
              confirm="Delete for good"
              keep="Keep it"
              onConfirm={() => remove.mutate({ name })}
            >
              <p>
                {formatBytes(bytes)} in {path}: products, pictures, journal and settings as they were before the
                restore. They can't be brought back afterwards.
              </p>
            </Confirm>
          </li>
        ))}
      </ul>
      {remove.error !== null && <ProblemNote problem={toProblem(remove.error)} />}
    </section>
  );
}
