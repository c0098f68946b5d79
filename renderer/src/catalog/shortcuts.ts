import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const catalogShortcuts: ShortcutGroup = {
  title: "Catalogue",
  shortcuts: [
    { keys: "/", label: "Search" },
    { keys: "N", label: "Add a product" },
    { keys: "I", label: "Import" },
  ],
};
