import { msg } from "../lib/i18n/i18n.ts";
import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const batchShortcuts: ShortcutGroup = {
  title: msg("Batch"),
  shortcuts: [
    { keys: "A", label: msg("Accept the answer") },
    { keys: "C", label: msg("Correct it: choose the right product") },
    { keys: "R", label: msg("Reject it: none of the catalogue's") },
    { keys: "J", label: msg("Next photo") },
    { keys: "K", label: msg("Previous photo") },
    { keys: "N", label: msg("Next photo that is not decided") },
    { keys: "U", label: msg("Take the last decision back") },
  ],
};
