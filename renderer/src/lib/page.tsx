import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./page.module.css";

interface Props {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** Frame of a page: its heading, which takes the focus after a change of page, and its actions. */
export function Page({ title, actions, children }: Props) {
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <Title order={1} className={classes.title} tabIndex={-1} data-page-title>
          {title}
        </Title>
        <div className={classes.actions}>{actions}</div>
      </header>
      {children}
    </div>
  );
}
