import { msg } from "../lib/i18n/i18n.ts";
import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const catalogShortcuts: ShortcutGroup = {
  title: msg("Catalogue"),
  shortcuts: [
    { keys: "/", label: msg("Search") },
    { keys: "N", label: msg("Add a product") },
    { keys: "I", label: msg("Import") },
  ],
};
