import { Button, Group, Progress, Text, VisuallyHidden } from "@mantine/core";
import { Link } from "wouter";
import type { Activity } from "../../../shared/contract/activity.ts";
import { formatDuration } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { errorText } from "../lib/problem.ts";
import { act, isOver } from "./activity-store.ts";
import { ACTIONS, KINDS, nameOf, percentOf, stateLine } from "./activity-words.ts";
import classes from "./tray.module.css";

/** One piece of work. @param onLeave its page is opened */
export function ActivityRow({ activity, onLeave }: { activity: Activity; onLeave: () => void }) {
  const { kind, job, state, error, actions, secondsLeft } = activity;
  const { title, href } = KINDS[kind];
  const percent = percentOf(activity);
  const name = nameOf(activity);
  return (
    <li className={classes.row}>
      <Link href={href(job)} className={classes.link ?? ""} onClick={onLeave}>
        {t(title)}
      </Link>
      {name !== "" && (
        <Text size="xs" c="dimmed" truncate title={name}>
          {name}
        </Text>
      )}
      {!isOver(activity) && (
        <Progress
          value={percent ?? 100}
          animated={percent === null && state === "running"}
          size={5}
          my={4}
          aria-label={t(title)}
        />
      )}
      <Group gap={6} justify="space-between">
        <Text size="xs" c="dimmed">
          {stateLine(activity)}
          {secondsLeft !== null &&
            state === "running" &&
            ` · ${t("{time} left", { time: formatDuration(secondsLeft) })}`}
        </Text>
        <Group gap={4}>
          {actions.map((action) => (
            <Button key={action} size="compact-xs" variant="default" onClick={() => void act(activity, action)}>
              {t(ACTIONS[action])}
              <VisuallyHidden> {name === "" ? t(title) : name}</VisuallyHidden>
            </Button>
          ))}
        </Group>
      </Group>
      {error !== null && (
        <Text size="xs" className={classes.error}>
          {errorText(error)}
        </Text>
      )}
    </li>
  );
}
