import "../lib/zod-without-eval.ts";
import { Kbd, Modal, Text, VisuallyHidden } from "@mantine/core";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import type { PageCommand } from "./commands.ts";
import { type Entry, isSure } from "./entry.ts";
import { EntryList, optionId } from "./entry-list.tsx";
import classes from "./palette.module.css";
import { PaletteInput } from "./palette-input.tsx";
import { remember } from "./recent.ts";
import { useGroups } from "./use-groups.ts";

interface Props {
  pages: readonly PageCommand[];
  onShortcuts: () => void;
  onClose: () => void;
}

/** What a key does to the place in the list. */
const STEPS: Partial<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at + count - 1) % count,
  PageDown: (at, count) => Math.min(count - 1, at + 8),
  PageUp: (at) => Math.max(0, at - 8),
};

function rememberEntry({ id, product }: Entry): void {
  if (!/^(run|elsewhere):/.test(id)) remember({ id, ...(product === undefined ? {} : { product }) });
}

/** After it is gone, the keyboard is where it was, unless what was chosen has taken it elsewhere. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const now = document.activeElement;
      if ((now === null || now === document.body) && before instanceof HTMLElement)
        before.focus({ preventScroll: true });
    },
    [before],
  );
}

/**
 * Everything that the app can do, by its name. The list is a listbox that the field owns (ARIA's combobox pattern): the
 * keyboard stays in the field, and a screen reader is told which entry is the chosen one.
 */
export function Palette({ pages, onShortcuts, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const { groups, searching, problem } = useGroups(text, pages, onShortcuts);
  // By its id: what the catalogue finds may come to stand above it.
  const [chosen, setChosen] = useState<string | null>(null);
  const [entered, setEntered] = useState(false);
  const list = useId();
  const view = useRef<HTMLDivElement>(null);
  useFocusBack();

  const entries = groups.flatMap((group) => group.entries);
  const at = Math.max(
    0,
    entries.findIndex(({ id }) => id === chosen),
  );
  const active = entries[at];

  const run = (entry: Entry) => {
    rememberEntry(entry);
    onClose();
    entry.run();
  };
  const latest = useRef(run);
  latest.current = run;
  // Struck before the answer was there: meant is what it finds.
  useEffect(() => {
    if (!entered || searching || active === undefined) return;
    setEntered(false);
    latest.current(active);
  }, [entered, searching, active]);
  useEffect(() => {
    if (active !== undefined) view.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = STEPS[event.key];
    if (step !== undefined && entries.length > 0) {
      event.preventDefault();
      setChosen(entries[step(at, entries.length)]?.id ?? null);
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (searching && chosen === null && !isSure(text, groups)) setEntered(true);
    else if (active !== undefined) run(active);
  };

  const nothing = text !== "" && !searching && problem === null && groups.every(({ name }) => name === "elsewhere");
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={640}
      yOffset="10vh"
      zIndex={400}
      transitionProps={{ duration: 0 }}
      returnFocus={false}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={t("Search and commands")} radius="lg">
        <div className={classes.content}>
          <PaletteInput
            value={typed}
            onChange={(value) => {
              setTyped(value);
              setChosen(null);
              setEntered(false);
            }}
            onKeyDown={onKeyDown}
            list={list}
            active={active === undefined ? undefined : optionId(list, active)}
            busy={searching}
          />
          <div ref={view} className={classes.body}>
            {nothing && <Text className={classes.note ?? ""}>{t("Nothing is called “{text}”.", { text })}</Text>}
            {problem !== null && (
              <Text className={classes.problem ?? ""} role="alert">
                {t("Products and runs can't be searched now: {reason}", { reason: problem.message })}
              </Text>
            )}
            <EntryList id={list} groups={groups} active={active} onPick={run} />
          </div>
          <footer className={classes.foot} aria-hidden>
            <span>
              <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> {t("choose")}
            </span>
            <span>
              <Kbd size="xs">Enter</Kbd> {t("open")}
            </span>
            <span>
              <Kbd size="xs">Esc</Kbd> {t("close")}
            </span>
          </footer>
          <VisuallyHidden role="status">
            {searching
              ? t("Searching")
              : t("{count, plural, one {# entry} other {# entries}}", { count: entries.length })}
          </VisuallyHidden>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
