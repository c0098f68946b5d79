import { Kbd, Modal } from "@mantine/core";
import { batchShortcuts } from "../batch/shortcuts.ts";
import { catalogShortcuts } from "../catalog/shortcuts.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import { keyCaps, type ShortcutGroup } from "../lib/shortcuts.ts";
import { logsShortcuts } from "../logs/shortcuts.ts";
import { matchShortcuts } from "../match/shortcuts.ts";
import { stackShortcuts } from "../stack/shortcuts.ts";
import { pages } from "./pages.ts";
import classes from "./shortcuts-help.module.css";

const groups: readonly ShortcutGroup[] = [
  {
    title: msg("Everywhere"),
    shortcuts: [
      ...pages.map((page, index) => ({ keys: `Alt+${index + 1}`, label: page.title })),
      { keys: "mod+K", label: msg("Search and commands") },
      { keys: "?", label: msg("Show or hide this help") },
    ],
  },
  matchShortcuts,
  catalogShortcuts,
  batchShortcuts,
  logsShortcuts,
  stackShortcuts,
];

const mac = navigator.userAgent.includes("Mac");

export function ShortcutsHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("Keyboard shortcuts")}
      size="lg"
      closeButtonProps={{ "aria-label": t("Close") }}
    >
      <div className={classes.groups}>
        {groups.map((group) => (
          <section key={group.title} aria-label={t(group.title)}>
            <h3 className={classes.title}>{t(group.title)}</h3>
            <dl className={classes.list}>
              {group.shortcuts.map((shortcut) => (
                <div key={shortcut.keys} className={classes.row}>
                  <dt>{t(shortcut.label)}</dt>
                  <dd>
                    {keyCaps(shortcut.keys, mac).map((cap) => (
                      <Kbd key={cap} size="sm">
                        {cap}
                      </Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
