import { Button, Progress } from "@mantine/core";
import { IconCircleCheckFilled } from "@tabler/icons-react";
import { formatBytes } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import classes from "./data-tab.module.css";
import { contentsText } from "./data-words.ts";
import { backupUrl, type DataWork, stopDataWork } from "./data-work.ts";

const HEADLINE: Record<DataWork["what"], Record<DataWork["state"], Message>> = {
  backup: {
    running: msg("Backing up…"),
    done: msg("Backed up"),
    failed: msg("The backup failed; nothing of it was kept"),
    stopped: msg("The backup was stopped; nothing of it was kept"),
  },
  check: {
    running: msg("Sending and checking the backup…"),
    done: msg("The backup is whole"),
    failed: msg("This backup can't be restored; nothing was changed"),
    stopped: msg("The check was stopped; nothing was changed"),
  },
};

export function DataProgress({ work }: { work: DataWork }) {
  const { what, state, done, total, notes, backup, problem } = work;
  const headline = t(HEADLINE[what][state]);
  return (
    <div className={classes.output}>
      <div className={classes.outputHead}>
        <span role="status" className={classes.outputTitle}>
          {state === "done" && <IconCircleCheckFilled className={classes.good} size={18} aria-hidden />}
          {headline}
        </span>
        {state === "running" && (
          <Button size="compact-sm" variant="default" onClick={stopDataWork}>
            {t("Stop")}
          </Button>
        )}
      </div>
      {problem !== null && <ProblemNote problem={problem} />}
      {state === "running" && (
        <>
          <Progress
            value={total === 0 ? 0 : (done / total) * 100}
            animated={total === 0}
            size={7}
            aria-label={headline}
          />
          {total > 0 && (
            <p className={classes.quiet}>
              {t("{done} of {total}", { done: formatBytes(done), total: formatBytes(total) })}
            </p>
          )}
        </>
      )}
      {backup !== null && (
        <p className={classes.text}>
          {backup.id === null ? (
            <code className={classes.file}>{backup.file}</code>
          ) : (
            <a href={backupUrl(backup.id)} download={backup.file}>
              {backup.file}
            </a>
          )}
          , {formatBytes(backup.bytes)}: {contentsText(backup.contents)}.
          {backup.id !== null &&
            t(" It is in your downloads; the link works until the next backup, or until Shelfmatch ends.")}
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className={classes.quiet}>
          {note}
        </p>
      ))}
    </div>
  );
}
