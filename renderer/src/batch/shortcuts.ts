import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const batchShortcuts: ShortcutGroup = {
  title: "Batch",
  shortcuts: [
    { keys: "A", label: "Accept the answer" },
    { keys: "C", label: "Correct it: choose the right product" },
    { keys: "R", label: "Reject it: none of the catalogue's" },
    { keys: "J", label: "Next photo" },
    { keys: "K", label: "Previous photo" },
    { keys: "N", label: "Next photo that is not decided" },
    { keys: "U", label: "Take the last decision back" },
  ],
};
