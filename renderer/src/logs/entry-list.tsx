import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { JournalEntry } from "../../../shared/contract/journal.ts";
import { formatClock, formatDay, formatTime } from "../lib/format.ts";
import classes from "./entry-list.module.css";

interface Props {
  entries: readonly JournalEntry[];
  onOpenRun: (runId: string) => void;
}

export function EntryList({ entries, onOpenRun }: Props) {
  const [open, setOpen] = useState<number | null>(null);
  const today = new Date().toDateString();
  return (
    <ol className={classes.list} aria-label="Journal lines, newest first">
      {entries.map((entry) => {
        const expanded = open === entry.id;
        const old = new Date(entry.time).toDateString() !== today;
        return (
          <li key={entry.id} className={classes.entry} data-level={entry.level}>
            <div className={classes.line}>
              <time className={classes.time} dateTime={entry.time} title={formatTime(entry.time)}>
                {old && `${formatDay(entry.time)} `}
                {formatClock(entry.time)}
              </time>
              <span className={classes.level}>{entry.level}</span>
              <span className={classes.component}>{entry.component}</span>
              <UnstyledButton
                className={classes.message ?? ""}
                disabled={entry.data === null}
                aria-expanded={entry.data === null ? undefined : expanded}
                onClick={() => setOpen(expanded ? null : entry.id)}
              >
                {entry.message}
              </UnstyledButton>
              {entry.runId !== null && <RunButton runId={entry.runId} onOpen={onOpenRun} />}
            </div>
            {expanded && <pre className={classes.data}>{JSON.stringify(entry.data, null, 2)}</pre>}
          </li>
        );
      })}
    </ol>
  );
}

function RunButton({ runId, onOpen }: { runId: string; onOpen: (runId: string) => void }) {
  return (
    <UnstyledButton className={classes.run ?? ""} title={`Run ${runId}`} onClick={() => onOpen(runId)}>
      run {runId.slice(-6)}
    </UnstyledButton>
  );
}
