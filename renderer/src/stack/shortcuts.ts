import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const stackShortcuts: ShortcutGroup = {
  title: "Stack",
  shortcuts: [{ keys: "R", label: "Look again" }],
};
