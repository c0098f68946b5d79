import { IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import card from "./card.module.css";
import type { SettingGroup } from "./fields.ts";
import classes from "./settings-page.module.css";

interface Props {
  group: SettingGroup;
  /** Settings of it that apply at the next start. */
  waiting: number;
  children: ReactNode;
}

/** One section of the settings. Those of the services are folded, unless the address names one. */
export function SettingGroupCard({ group, waiting, children }: Props) {
  const id = `settings-${group.name}`;
  const [open, setOpen] = useState(() => !group.folded || location.hash === `#${id}`);
  const body = (
    <>
      {group.intro !== "" && <p className={classes.help}>{group.intro}</p>}
      {children}
    </>
  );
  if (!group.folded) {
    return (
      <section className={card.card} aria-labelledby={id}>
        <h2 id={id} className={classes.cardTitle}>
          {group.title}
        </h2>
        {body}
      </section>
    );
  }
  return (
    <details className={card.card} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.fold}>
        <IconChevronRight className={classes.foldMark} size={16} aria-hidden />
        <h2 id={id} className={classes.cardTitle}>
          {group.title}
        </h2>
        {!open && waiting > 0 && <span className={classes.mark}>{waiting} apply at the next start</span>}
      </summary>
      {open && body}
    </details>
  );
}
