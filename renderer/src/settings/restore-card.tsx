import { Button, FileButton, Group } from "@mantine/core";
import { IconReload, IconRestore, IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { DataOverview, StagedRestore } from "../../../shared/contract/data.ts";
import { Confirm } from "../lib/confirm.tsx";
import { desktop } from "../lib/desktop.ts";
import { formatCount, formatTime } from "../lib/format.ts";
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
        Restore
      </h2>
      <p className={classes.text}>
        A backup is checked whole before anything is replaced. What is here now is kept aside, in the data folder, until
        you delete it.
      </p>
      {work?.what === "check" && (staged === null || busy) && <DataProgress work={work} />}
      {staged !== null && !busy && <Staged staged={staged} overview={overview} />}
      <div className={classes.buttons}>
        <FileButton accept=".zip,application/zip" onChange={(file) => file !== null && void startCheck(file)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconUpload size={16} />} disabled={busy}>
              {staged === null ? "Choose a backup" : "Choose another backup"}
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
            <strong>Restart to restore it.</strong> {file} takes the place of the data at the next start. Until then
            everything is as it was.
          </span>
        </p>
      ) : (
        <p className={classes.outputTitle} role="status">
          {file} is whole and can be restored
        </p>
      )}
      <dl className={classes.facts}>
        <div className={classes.fact}>
          <dt>Holds</dt>
          <dd>{contentsText(contents)}</dd>
        </div>
        <div className={classes.fact}>
          <dt>Made</dt>
          <dd>
            {formatTime(contents.created)}, by Shelfmatch {contents.app}
          </dd>
        </div>
        <div className={classes.fact}>
          <dt>Replaces</dt>
          <dd>the {formatCount(overview.now.products)} products, and journal and settings, that are here now</dd>
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
            label="Restore it"
            icon={IconRestore}
            primary
            title="Restore this backup?"
            confirm="Restore at the next start"
            keep="Not now"
            onConfirm={() => restore.mutate({ id })}
          >
            <p>
              At the next start, the {formatCount(overview.now.products)} products that are here now, with their
              pictures, the journal and the settings, make room for {contentsText(contents)} of{" "}
              {formatTime(contents.created)}.
            </p>
            <p>
              Nothing is deleted: the present data is moved to a folder named before-restore in {overview.folder}. What
              you change until the restart goes there too.
            </p>
          </Confirm>
        )}
        {armed && desktop !== null && (
          <Button leftSection={<IconReload size={16} />} onClick={() => void restart()}>
            Restart now
          </Button>
        )}
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id })}>
          {armed ? "Do not restore it" : "Forget it"}
        </Button>
      </Group>
    </div>
  );
}
