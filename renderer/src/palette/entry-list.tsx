import { Kbd } from "@mantine/core";
import { useState } from "react";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { keyCaps } from "../lib/shortcuts.ts";
import type { Entry, Group, GroupName } from "./entry.ts";
import classes from "./palette.module.css";

const NAMES: Record<GroupName, Message> = {
  recent: msg("Used last"),
  pages: msg("Pages"),
  actions: msg("Actions"),
  products: msg("Products"),
  settings: msg("Settings"),
  runs: msg("Recent runs"),
  elsewhere: msg("With these words"),
};

const mac = navigator.userAgent.includes("Mac");

export const optionId = (list: string, { id }: Entry): string => `${list}-${id.replace(/\s/g, "_")}`;

interface Props {
  id: string;
  groups: readonly Group[];
  active: Entry | undefined;
  onPick: (entry: Entry) => void;
}

export function EntryList({ id, groups, active, onPick }: Props) {
  return (
    <div id={id} role="listbox" aria-label={t("Entries")} className={classes.view}>
      {groups.map(({ name, entries }) => (
        // biome-ignore lint/a11y/useSemanticElements: a listbox has groups of options, not fieldsets.
        <div key={name} role="group" aria-labelledby={`${id}-${name}`} className={classes.group}>
          <div id={`${id}-${name}`} className={classes.name}>
            {t(NAMES[name])}
          </div>
          {entries.map((entry) => (
            <Option key={entry.id} id={optionId(id, entry)} entry={entry} active={entry === active} onPick={onPick} />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionProps {
  id: string;
  entry: Entry;
  active: boolean;
  onPick: (entry: Entry) => void;
}

/** The keyboard never leaves the field, which hears the keys of all of them. */
function Option({ id, entry, active, onPick }: OptionProps) {
  const { title, detail, keys } = entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
    // biome-ignore lint/a11y/useFocusableInteractive: see above.
    <div
      id={id}
      role="option"
      aria-selected={active}
      className={classes.option}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onPick(entry)}
    >
      <Picture entry={entry} />
      <span className={classes.words}>
        <span className={classes.title}>{title}</span>
        {detail !== undefined && <span className={classes.detail}>{detail}</span>}
      </span>
      {keys !== undefined && (
        <span className={classes.keys}>
          {keyCaps(keys, mac).map((cap) => (
            <Kbd key={cap} size="xs">
              {cap}
            </Kbd>
          ))}
        </span>
      )}
    </div>
  );
}

function Picture({ entry: { picture, icon: Icon } }: { entry: Entry }) {
  const [broken, setBroken] = useState(false);
  return (
    <span className={classes.picture}>
      {typeof picture === "string" && !broken ? (
        <img src={picture} alt="" width={32} height={32} decoding="async" onError={() => setBroken(true)} />
      ) : (
        Icon !== undefined && <Icon size={18} stroke={1.6} />
      )}
    </span>
  );
}
