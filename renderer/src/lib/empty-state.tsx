import { Text, Title } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";
import classes from "./empty-state.module.css";

interface Props {
  icon: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

/** What a page says where it has nothing to show, and what to do about it. */
export function EmptyState({ icon: Icon, title, children, actions }: Props) {
  return (
    <div className={classes.empty}>
      <span className={classes.icon} aria-hidden>
        <Icon size={26} stroke={1.5} />
      </span>
      <Title order={2} size="h4">
        {title}
      </Title>
      {children !== undefined && (
        <Text c="dimmed" size="sm" maw={420} component="div">
          {children}
        </Text>
      )}
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
