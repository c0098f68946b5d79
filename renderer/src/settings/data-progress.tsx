import { Button, Progress } from "@mantine/core";
import { IconCircleCheckFilled } from "@tabler/icons-react";
import { formatBytes } from "../lib/format.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import classes from "./data-tab.module.css";
import { contentsText } from "./data-words.ts";
import { backupUrl, type DataWork, stopDataWork } from "./data-work.ts";

const HEADLINE: Record<DataWork["what"], Record<DataWork["state"], string>> = {
  backup: {
    running: "Backing up…",
    done: "Backed up",
    failed: "The backup failed; nothing of it was kept",
    stopped: "The backup was stopped; nothing of it was kept",
  },
  check: {
    running: "Sending and checking the backup…",
    done: "The backup is whole",
    failed: "This backup can't be restored; nothing was changed",
    stopped: "The check was stopped; nothing was changed",
  },
};

export function DataProgress({ work }: { work: DataWork }) {
  const { what, state, done, total, notes, backup, problem } = work;
  const headline = HEADLINE[what][state];
  return (
    <div className={classes.output}>
      <div className={classes.outputHead}>
        <span role="status" className={classes.outputTitle}>
          {state === "done" && <IconCircleCheckFilled className={classes.good} size={18} aria-hidden />}
          {headline}
        </span>
        {state === "running" && (
          <Button size="compact-sm" variant="default" onClick={stopDataWork}>
            Stop
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
              {formatBytes(done)} of {formatBytes(total)}
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
            " It is in your downloads; the link works until the next backup, or until Shelfmatch ends."}
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
