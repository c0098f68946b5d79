import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const logsShortcuts: ShortcutGroup = {
  title: "Journal",
  shortcuts: [
    { keys: "/", label: "Search" },
    { keys: "F", label: "Follow on or off" },
  ],
};
