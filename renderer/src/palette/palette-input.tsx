import { Loader } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./palette.module.css";

interface Props {
  value: string;
  onChange: (value: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  /** Id of the list that it owns, and of the entry that Enter opens. */
  list: string;
  active: string | undefined;
  busy: boolean;
}

/** With the commit that shows it: what is typed right after the keys that open it arrives here. */
const focus = (field: HTMLInputElement | null) => field?.focus();

export function PaletteInput({ value, onChange, onKeyDown, list, active, busy }: Props) {
  return (
    <div className={classes.head}>
      {busy ? <Loader size={18} aria-hidden /> : <IconSearch size={18} stroke={1.7} aria-hidden />}
      <input
        ref={focus}
        data-autofocus
        className={classes.input}
        role="combobox"
        aria-label={t("Search and commands")}
        aria-expanded
        aria-autocomplete="list"
        aria-controls={list}
        aria-activedescendant={active}
        placeholder={t("A page, an action, a product, a setting…")}
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
