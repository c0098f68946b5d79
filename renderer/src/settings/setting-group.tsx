import { IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { known, t } from "../lib/i18n/i18n.ts";
import card from "./card.module.css";
import type { SettingGroup } from "./fields.ts";
import classes from "./settings-page.module.css";
import { useAddressTarget } from "./use-address-target.ts";

interface Props {
  group: SettingGroup;
  /** Settings of it that apply at the next start. */
  waiting: number;
  children: ReactNode;
}

/** One section of the settings. Those of the services are folded, unless the address names one, or a setting of it. */
export function SettingGroupCard({ group, waiting, children }: Props) {
  const id = `settings-${group.name}`;
  const [open, setOpen] = useState(!group.folded);
  useAddressTarget([id, ...group.fields.map(({ path }) => `setting-${path}`)], () => setOpen(true));
  const body = (
    <>
      {group.intro !== "" && <p className={classes.help}>{known(group.intro)}</p>}
      {children}
    </>
  );
  if (!group.folded) {
    return (
      <section className={card.card} aria-labelledby={id}>
        <h2 id={id} className={classes.cardTitle}>
          {known(group.title)}
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
          {known(group.title)}
        </h2>
        {!open && waiting > 0 && (
          <span className={classes.mark}>{t("{count} apply at the next start", { count: waiting })}</span>
        )}
      </summary>
      {open && body}
    </details>
  );
}
