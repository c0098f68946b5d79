import { Badge, Button, Group, Menu, UnstyledButton } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Problem, problemStateSchema } from "../../../shared/contract/journal.ts";
import { CopyTextButton } from "../lib/copy-button.tsx";
import { formatCount, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { api } from "../lib/queries.ts";
import { linesOf } from "./facet-select.tsx";
import classes from "./problem-card.module.css";
import { ProblemNoteForm } from "./problem-note-form.tsx";
import { STATE_WORDS } from "./problem-state.ts";
import { Sparkline } from "./sparkline.tsx";
import { useMark } from "./use-mark.ts";

interface Props {
  problem: Problem;
  onShowLines: () => void;
  onOpenRun: (runId: string) => void;
}

export function ProblemCard({ problem, onShowLines, onOpenRun }: Props) {
  const [open, setOpen] = useState(false);
  const { title, component, code, count, first, last, trend, returned, mark, level } = problem;
  return (
    <li className={classes.problem} data-level={level}>
      <div className={classes.head}>
        <UnstyledButton className={classes.title ?? ""} aria-expanded={open} onClick={() => setOpen(!open)}>
          {title}
        </UnstyledButton>
        <Sparkline counts={trend} label={t("Over time: {counts}", { counts: trend.join(", ") })} />
        <strong className={classes.count}>{formatCount(count)}</strong>
        <MarkMenu problem={problem} />
      </div>
      <div className={classes.facts}>
        <span className={classes.component}>{component}</span>
        {code !== null && <code>{code}</code>}
        <span>{t("first {time}", { time: formatTime(first) })}</span>
        <span>{t("last {time}", { time: formatTime(last) })}</span>
        {returned && (
          <Badge variant="light" color="red" tt="none" fw={550}>
            {t("Back after it was resolved")}
          </Badge>
        )}
        {mark?.note != null && <span>{mark.note}</span>}
      </div>
      {open && <Opened problem={problem} onShowLines={onShowLines} onOpenRun={onOpenRun} />}
    </li>
  );
}

function Opened({ problem, onShowLines, onOpenRun }: Props) {
  const { fingerprint, sample, count } = problem;
  const runs = useQuery(api.journal.problemRuns.queryOptions({ input: { fingerprint } }));
  return (
    <div className={classes.opened}>
      <p className={classes.sample}>{sample.message}</p>
      {sample.data !== null && <pre className={classes.data}>{JSON.stringify(sample.data, null, 2)}</pre>}
      <ProblemNoteForm key={problem.mark?.note ?? ""} problem={problem} />
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={onShowLines}>
          {t("Show {lines}", { lines: linesOf(count) })}
        </Button>
        <CopyTextButton text={JSON.stringify(sample, null, 2)} label={t("Copy sample")} />
      </Group>
      {runs.isError && <p>{toProblem(runs.error).message}</p>}
      {runs.data !== undefined && runs.data.length > 0 && (
        <>
          <h3 className={classes.small}>{t("Runs in which it came up")}</h3>
          <ul className={classes.runs}>
            {runs.data.slice(0, 20).map(({ runId, time }) => (
              <li key={runId}>
                <UnstyledButton className={classes.run ?? ""} onClick={() => onOpenRun(runId)}>
                  {t("run {id}", { id: runId.slice(-6) })}, {formatTime(time)}
                </UnstyledButton>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function MarkMenu({ problem: { fingerprint, mark, title } }: { problem: Problem }) {
  const marking = useMark(fingerprint);
  // Another mark keeps the note: it is about the problem.
  const note = mark?.note ?? null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          loading={marking.isPending}
          rightSection={<IconChevronDown size={13} />}
          aria-label={`${mark === null ? t("Mark") : t(STATE_WORDS[mark.state])}: ${title}`}
        >
          {mark === null ? t("Mark") : t(STATE_WORDS[mark.state])}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {problemStateSchema.options.map((state) => (
          <Menu.Item key={state} onClick={() => marking.mutate({ state, note })}>
            {t(STATE_WORDS[state])}
          </Menu.Item>
        ))}
        {mark !== null && (
          <Menu.Item onClick={() => marking.mutate({ state: null, note: null })}>{t("Take the mark away")}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
