import { ActionIcon, Anchor, Button, Group, Popover, Progress, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconActivity } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Activity } from "../../../shared/contract/activity.ts";
import { formatDuration } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { errorText } from "../lib/problem.ts";
import { act, activitiesQuery, hideEnded, isOver, useTray } from "./activity-store.ts";
import { ACTIONS, KINDS, nameOf, percentOf, stateLine } from "./activity-words.ts";
import classes from "./tray.module.css";

/** One place for all long work, on every page: how far it is, what came of it, and what can be done about it. */
export function ActivityTray() {
  const [opened, tray] = useDisclosure(false);
  const { hidden, problem } = useTray();
  const { data: activities = [] } = useQuery(activitiesQuery);
  const shown = activities.filter((one) => !isOver(one) || !hidden.includes(one.id));
  const running = shown.filter((one) => !isOver(one));
  const failed = shown.some(({ state }) => state === "failed");
  const label =
    running.length === 0
      ? t("Activity")
      : t("Activity: {count, plural, one {# job} other {# jobs}} under way", { count: running.length });
  return (
    <Popover opened={opened} onChange={tray.toggle} position="right-end" width={360} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Tooltip label={label} openDelay={300} disabled={opened}>
          <ActionIcon
            variant="subtle"
            color="slate"
            aria-label={label}
            onClick={tray.toggle}
            className={classes.button}
          >
            <IconActivity size={18} stroke={1.6} />
            {(running.length > 0 || failed) && (
              <span className={classes.mark} data-failed={failed || undefined} aria-hidden />
            )}
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("Activity")}>
        <Group justify="space-between" mb="xs">
          <Text fw={650}>{t("Activity")}</Text>
          {shown.some(isOver) && (
            <Button size="compact-xs" variant="subtle" onClick={() => hideEnded(activities)}>
              {t("Put away what is over")}
            </Button>
          )}
        </Group>
        {problem !== null && (
          <Text size="sm" role="alert" mb="xs">
            {problem.message}
          </Text>
        )}
        {shown.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("Nothing runs. Imports, batches, evaluations and other long work appear here.")}
          </Text>
        )}
        <ul className={classes.list}>
          {shown.map((activity) => (
            <Row key={activity.id} activity={activity} onLeave={tray.close} />
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function Row({ activity, onLeave }: { activity: Activity; onLeave: () => void }) {
  const { kind, job, state, error, actions, secondsLeft } = activity;
  const { title, href } = KINDS[kind];
  const percent = percentOf(activity);
  const name = nameOf(activity);
  return (
    <li className={classes.row}>
      <Anchor component={Link} href={href(job)} size="sm" fw={550} onClick={onLeave}>
        {t(title)}
      </Anchor>
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
