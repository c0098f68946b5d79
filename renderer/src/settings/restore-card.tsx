import { Button, FileButton, Group } from "@mantine/core";
import { IconReload, IconRestore, IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { DataOverview, StagedRestore } from "../../../shared/contract/data.ts";
import { Confirm } from "../lib/confirm.tsx";
import { desktop } from "../lib/desktop.ts";
import { formatCount, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, healthQuery, queryClient } from "../lib/queries.ts";
import card from "./card.module.css";
import { DataProgress } from "./data-progress.tsx";
import classes from "./data-tab.module.css";
import { contentsText } from "./data-words.ts";
import { startCheck, useDataWork } from "./data-work.ts";

/** The health that is asked for at once says that the engine is gone, and all is loaded anew when it is back. */
async function restart(): Promise<void> {
  await desktop?.restartEngine();
  await queryClient.refetchQueries({ queryKey: healthQuery.queryKey });
}

/** In two steps: the backup is checked whole, then it is wanted; it takes its place at the next start. */
export function RestoreCard({ overview }: { overview: DataOverview }) {
  const work = useDataWork((state) => state.work);
  const busy = work?.state === "running";
  const { staged } = overview;
  return (
    <section className={card.card} aria-labelledby="data-restore">
      <h2 id="data-restore" className={classes.cardTitle}>
        {t("Restore")}
      </h2>
      <p className={classes.text}>
        {t(
          "A backup is checked whole before anything is replaced. What is here now is kept aside, in the data folder, until you delete it.",
        )}
      </p>
      {work?.what === "check" && (staged === null || busy) && <DataProgress work={work} />}
      {staged !== null && !busy && <Staged staged={staged} overview={overview} />}
      <div className={classes.buttons}>
        <FileButton accept=".zip,application/zip" onChange={(file) => file !== null && void startCheck(file)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconUpload size={16} />} disabled={busy}>
              {staged === null ? t("Choose a backup") : t("Choose another backup")}
            </Button>
          )}
        </FileButton>
      </div>
    </section>
  );
}

function Staged({ staged, overview }: { staged: StagedRestore; overview: DataOverview }) {
  const queries = useQueryClient();
  const onSuccess = (now: DataOverview) => queries.setQueryData(api.data.overview.queryKey(), now);
  const restore = useMutation(api.data.restore.mutationOptions({ onSuccess }));
  const cancel = useMutation(api.data.cancelRestore.mutationOptions({ onSuccess }));
  const problem = restore.error ?? cancel.error;
  const { id, contents, file, notes, armed } = staged;
  return (
    <div className={classes.output}>
      {armed ? (
        <p className={classes.restart} role="status">
          <IconReload size={18} aria-hidden />
          <span>
            <strong>{t("Restart to restore it.")}</strong>{" "}
            {t("{file} takes the place of the data at the next start. Until then everything is as it was.", { file })}
          </span>
        </p>
      ) : (
        <p className={classes.outputTitle} role="status">
          {t("{file} is whole and can be restored", { file })}
        </p>
      )}
      <dl className={classes.facts}>
        <div className={classes.fact}>
          <dt>{t("Holds")}</dt>
          <dd>{contentsText(contents)}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("Made")}</dt>
          <dd>{t("{time}, by Shelfmatch {version}", { time: formatTime(contents.created), version: contents.app })}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("Replaces")}</dt>
          <dd>
            {t("the {count} products, and journal and settings, that are here now", {
              count: formatCount(overview.now.products),
            })}
          </dd>
        </div>
      </dl>
      {notes.map((note) => (
        <p key={note} className={classes.quiet}>
          {note}
        </p>
      ))}
      {problem !== null && <ProblemNote problem={toProblem(problem)} />}
      <Group gap="xs" mt="sm">
        {!armed && (
          <Confirm
            label={t("Restore it")}
            icon={IconRestore}
            primary
            title={t("Restore this backup?")}
            confirm={t("Restore at the next start")}
            keep={t("Not now")}
            onConfirm={() => restore.mutate({ id })}
          >
            <p>
              {t(
                "At the next start, the {count} products that are here now, with their pictures, the journal and the settings, make room for {contents} of {time}.",
                {
                  count: formatCount(overview.now.products),
                  contents: contentsText(contents),
                  time: formatTime(contents.created),
                },
              )}
            </p>
            <p>
              {t(
                "Nothing is deleted: the present data is moved to a folder named before-restore in {folder}. What you change until the restart goes there too.",
                { folder: overview.folder },
              )}
            </p>
          </Confirm>
        )}
        {armed && desktop !== null && (
          <Button leftSection={<IconReload size={16} />} onClick={() => void restart()}>
            {t("Restart now")}
          </Button>
        )}
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id })}>
          {armed ? t("Do not restore it") : t("Forget it")}
        </Button>
      </Group>
    </div>
  );
}
