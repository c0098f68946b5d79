import { msg } from "../lib/i18n/i18n.ts";
import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const stackShortcuts: ShortcutGroup = {
  title: msg("Stack"),
  shortcuts: [{ keys: "R", label: msg("Look again") }],
};
