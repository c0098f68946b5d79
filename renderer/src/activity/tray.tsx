import { Button, Group, Popover, Progress, Text, Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconActivity } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { t } from "../lib/i18n/i18n.ts";
import { ActivityRow } from "./activity-row.tsx";
import { activitiesQuery, hideEnded, isOver, useTray } from "./activity-store.ts";
import { shareOf, titleOf } from "./desktop-work.ts";
import { useSending } from "./sending.ts";
import classes from "./tray.module.css";

/** One place for all long work, on every page: how far it is, what came of it, and what can be done about it. */
export function ActivityTray({ collapsed }: { collapsed: boolean }) {
  const [opened, tray] = useDisclosure(false);
  const { hidden, problem } = useTray();
  const { data: activities = [] } = useQuery(activitiesQuery);
  const sending = useSending();
  const shown = activities.filter((one) => !isOver(one) || !hidden.includes(one.id));
  const going = shown.filter((one) => !isOver(one));
  const busy = going.length + sending.length > 0;
  const failed = shown.some(({ state }) => state === "failed");
  const share = shareOf(going);
  const percent = share === null || going.length === 0 ? "" : ` ${Math.floor(100 * share)} %`;
  const text = going.length > 0 ? `${titleOf(going)}${percent}` : busy ? t("Sending files") : t("Activity");
  return (
    <Popover opened={opened} onChange={tray.toggle} position="right-end" width={360} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Tooltip label={text} position="right" disabled={opened || !collapsed}>
          <UnstyledButton
            className={classes.button ?? ""}
            onClick={tray.toggle}
            data-collapsed={collapsed || undefined}
          >
            <span className={classes.icon}>
              <IconActivity size={18} stroke={1.6} aria-hidden />
              {(busy || failed || shown.some(({ state }) => state === "suggested")) && (
                <span
                  className={classes.mark}
                  data-failed={failed || undefined}
                  data-busy={busy || undefined}
                  aria-hidden
                />
              )}
            </span>
            {busy && <VisuallyHidden>{t("Activity:")} </VisuallyHidden>}
            {collapsed ? (
              <VisuallyHidden>{text}</VisuallyHidden>
            ) : (
              <span className={classes.words}>
                <span className={classes.line}>{text}</span>
                {busy && (
                  <Progress
                    value={share === null ? 100 : 100 * share}
                    animated={share === null}
                    size={4}
                    aria-hidden
                    classNames={{ root: classes.bar ?? "" }}
                  />
                )}
              </span>
            )}
          </UnstyledButton>
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
        {shown.length === 0 && sending.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("Nothing runs. Imports, batches, evaluations and other long work appear here.")}
          </Text>
        )}
        <ul className={classes.list}>
          {sending.map((href) => (
            <li key={href} className={classes.row}>
              <Link href={href} className={classes.link ?? ""} onClick={tray.close}>
                {t("Sending files")}
              </Link>
            </li>
          ))}
          {shown.map((activity) => (
            <ActivityRow key={activity.id} activity={activity} onLeave={tray.close} />
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
