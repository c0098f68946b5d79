import { Button, Popover, TextInput } from "@mantine/core";
import { IconClock } from "@tabler/icons-react";
import { useState } from "react";
import type { ParamChanges } from "../lib/address.ts";
import { formatTime } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import classes from "./filter-bar.module.css";
import { type LogFilters, SPANS, type Span } from "./filters.ts";

const SPAN_WORDS: Record<Span, Message> = {
  "15m": msg("Last 15 minutes"),
  "1h": msg("Last hour"),
  "24h": msg("Last day"),
  "7d": msg("Last week"),
  "30d": msg("Last month"),
};

interface Props {
  filters: LogFilters;
  /** Moment that the list begins at. */
  jump: string | null;
  onChange: (changes: ParamChanges) => void;
}

/** The last hours, from and to, or a moment to begin the list at. */
export function TimeFilter({ filters, jump, onChange }: Props) {
  const [opened, setOpened] = useState(false);
  const set = (changes: ParamChanges) => {
    setOpened(false);
    onChange({ span: undefined, from: undefined, to: undefined, ...changes });
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus withinPortal shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          fw={400}
          maw={300}
          leftSection={<IconClock size={15} stroke={1.7} />}
          aria-label={t("Time: {chosen}", { chosen: chosenTime(filters, jump) })}
          onClick={() => setOpened(!opened)}
        >
          {chosenTime(filters, jump)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.times}>
          <div className={classes.spans}>
            {(Object.keys(SPANS) as Span[]).map((span) => (
              <Button
                key={span}
                size="compact-sm"
                variant={filters.span === span ? "filled" : "default"}
                onClick={() => set({ span, at: undefined })}
              >
                {t(SPAN_WORDS[span])}
              </Button>
            ))}
            <Button size="compact-sm" variant="default" onClick={() => set({ at: undefined })}>
              {t("Any time")}
            </Button>
          </div>
          <Moment
            label={t("From")}
            value={filters.from}
            onChosen={(from) => onChange({ span: undefined, from: from ?? undefined })}
          />
          <Moment
            label={t("To")}
            value={filters.to}
            onChosen={(to) => onChange({ span: undefined, to: to ?? undefined })}
          />
          <Moment
            label={t("Jump to")}
            description={t("The list begins there and can be read on in both directions.")}
            value={jump}
            onChosen={(at) => onChange({ at: at ?? undefined, follow: undefined })}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

export function chosenTime({ span, from, to }: LogFilters, jump: string | null): string {
  if (span !== null) return t(SPAN_WORDS[span]);
  if (from !== null && to !== null) return t("{from} to {to}", { from: formatTime(from), to: formatTime(to) });
  if (from !== null) return t("since {from}", { from: formatTime(from) });
  if (to !== null) return t("until {to}", { to: formatTime(to) });
  return jump === null ? t("Any time") : t("at {time}", { time: formatTime(jump) });
}

interface MomentProps {
  label: string;
  description?: string;
  value: string | null;
  onChosen: (iso: string | null) => void;
}

/** The browser's own field for a date and time, in the place's own time. */
function Moment({ label, description, value, onChosen }: MomentProps) {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      size="xs"
      label={label}
      {...(description === undefined ? {} : { description })}
      key={value ?? ""}
      defaultValue={value === null ? "" : localOf(value)}
      onBlur={(event) => choose(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Enter" && choose(event.currentTarget.value)}
    />
  );
  function choose(typed: string) {
    const time = new Date(typed);
    const iso = Number.isNaN(time.getTime()) ? null : time.toISOString();
    if (iso !== value) onChosen(iso);
  }
}

function localOf(iso: string): string {
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
