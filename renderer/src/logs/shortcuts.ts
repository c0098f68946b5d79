import { msg } from "../lib/i18n/i18n.ts";
import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const logsShortcuts: ShortcutGroup = {
  title: msg("Journal"),
  shortcuts: [
    { keys: "/", label: msg("Search") },
    { keys: "F", label: msg("Follow on or off") },
  ],
};
