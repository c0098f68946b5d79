import { Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { t } from "./i18n/i18n.ts";
import { isServiceFault, type Problem } from "./problem.ts";
import classes from "./problem-note.module.css";

interface Props {
  problem: Problem;
  onRetry?: (() => void) | undefined;
  children?: ReactNode;
}

/** A failure with its code, what it means and what to do; a retry only where the same call may go through. */
export function ProblemNote({ problem, onRetry, children }: Props) {
  const [path] = useLocation();
  return (
    <div className={classes.note} role="alert">
      <IconAlertTriangle className={classes.icon} size={20} aria-hidden />
      <div className={classes.body}>
        <Text fw={600}>{problem.message}</Text>
        {problem.original !== undefined && (
          <Text size="sm" c="dimmed" lang="en">
            {problem.original}
          </Text>
        )}
        {problem.nextStep !== "" && (
          <Text size="sm" mt={4}>
            {problem.nextStep}
          </Text>
        )}
        <Group gap="xs" mt="xs">
          <code className={classes.code}>{problem.code}</code>
          {onRetry !== undefined && problem.retryable && (
            <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
              {t("Try again")}
            </Button>
          )}
          {isServiceFault(problem.code) && path !== "/stack" && (
            <Button size="compact-sm" variant="default" component={Link} href="/stack">
              {t("Open the Stack page")}
            </Button>
          )}
          {children}
        </Group>
      </div>
    </div>
  );
}
