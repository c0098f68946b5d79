import { Button, UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef, useState } from "react";
import type { JournalEntry } from "../../../shared/contract/journal.ts";
import { CopyTextButton } from "../lib/copy-button.tsx";
import { formatClock, formatDay, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./entry-list.module.css";

interface Props {
  entries: readonly JournalEntry[];
  /** Lines that are missing behind this entry, as the reader is told. */
  gap: { behind: number; text: ReactNode } | null;
  head: ReactNode;
  foot: ReactNode;
  /** The end of the list is near. */
  onEnd: () => void;
  onOpenRun: (runId: string) => void;
}

/** Lines, newest first; only those in sight are in the page. */
export function EntryList({ entries, gap, head, foot, onEnd, onOpenRun }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<number | null>(null);
  // Beside every line or none: their columns stand below each other.
  const oldest = entries.at(-1);
  const days = oldest !== undefined && new Date(oldest.time).toDateString() !== new Date().toDateString();
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => 26,
    overscan: 20,
    getItemKey: (at) => entries[at]?.id ?? at,
    onChange: (list) => {
      const last = list.getVirtualItems().at(-1);
      if (last !== undefined && last.index >= entries.length - 30) onEnd();
    },
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section ref={box} className={classes.box} tabIndex={0} aria-label={t("Lines of the journal")}>
      {head}
      <ol
        className={classes.list}
        aria-label={t("Journal lines, newest first")}
        style={{ height: rows.getTotalSize() }}
      >
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const entry = entries[index];
          if (entry === undefined) return null;
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={classes.entry}
              data-level={entry.level}
              aria-setsize={-1}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Line
                entry={entry}
                day={days}
                expanded={open === entry.id}
                onToggle={() => setOpen(open === entry.id ? null : entry.id)}
                onOpenRun={onOpenRun}
              />
              {gap !== null && gap.behind === entry.id && <div className={classes.gap}>{gap.text}</div>}
            </li>
          );
        })}
      </ol>
      {foot}
    </section>
  );
}

interface LineProps {
  entry: JournalEntry;
  /** Whether the day is said beside the time. */
  day: boolean;
  expanded: boolean;
  onToggle: () => void;
  onOpenRun: (runId: string) => void;
}

function Line({ entry, day, expanded, onToggle, onOpenRun }: LineProps) {
  return (
    <>
      <div className={classes.line}>
        <time className={classes.time} data-day={day} dateTime={entry.time} title={formatTime(entry.time)}>
          {day && `${formatDay(entry.time)} `}
          {formatClock(entry.time)}
        </time>
        <span className={classes.level}>{entry.level}</span>
        <span className={classes.component} title={entry.component}>
          {entry.component}
        </span>
        <UnstyledButton className={classes.message ?? ""} aria-expanded={expanded} onClick={onToggle}>
          {entry.message}
        </UnstyledButton>
        {entry.runId !== null && <RunButton runId={entry.runId} onOpen={onOpenRun} />}
      </div>
      {expanded && (
        <div className={classes.opened}>
          <CopyTextButton text={JSON.stringify(entry)} label={t("Copy line")} />
          {entry.data !== null && <pre className={classes.data}>{JSON.stringify(entry.data, null, 2)}</pre>}
        </div>
      )}
    </>
  );
}

function RunButton({ runId, onOpen }: { runId: string; onOpen: (runId: string) => void }) {
  return (
    <UnstyledButton className={classes.run ?? ""} title={t("Run {id}", { id: runId })} onClick={() => onOpen(runId)}>
      {t("run {id}", { id: runId.slice(-6) })}
    </UnstyledButton>
  );
}

/** What stands at an end of the list where more can be fetched. */
export function MoreButton({
  loading,
  onMore,
  children,
}: {
  loading: boolean;
  onMore: () => void;
  children: ReactNode;
}) {
  return (
    <div className={classes.more}>
      <Button variant="default" size="compact-sm" loading={loading} onClick={onMore}>
        {children}
      </Button>
    </div>
  );
}
