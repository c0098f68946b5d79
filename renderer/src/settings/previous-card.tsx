import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { DataOverview } from "../../../shared/contract/data.ts";
import { Confirm } from "../lib/confirm.tsx";
import { formatBytes, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
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
        {t("Data from before a restore")}
      </h2>
      <ul className={classes.plain}>
        {previous.map(({ name, path, bytes, time }) => (
          <li key={name} className={classes.previous}>
            <div>
              <code>{path}</code>
              <p className={classes.quiet}>
                {t("{size}, put aside {time}", { size: formatBytes(bytes), time: formatTime(time) })}
              </p>
            </div>
            <Confirm
              label={t("Delete")}
              ariaLabel={t("Delete {name}", { name })}
              icon={IconTrash}
              compact
              disabled={remove.isPending}
              title={t("Delete the earlier data?")}
              confirm={t("Delete for good")}
              keep={t("Keep it")}
              onConfirm={() => remove.mutate({ name })}
            >
              <p>
                {t(
                  "{size} in {path}: products, pictures, journal and settings as they were before the restore. They can't be brought back afterwards.",
                  { size: formatBytes(bytes), path },
                )}
              </p>
            </Confirm>
          </li>
        ))}
      </ul>
      {remove.error !== null && <ProblemNote problem={toProblem(remove.error)} />}
    </section>
  );
}
