import { msg } from "../lib/i18n/i18n.ts";
import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const matchShortcuts: ShortcutGroup = {
  title: msg("Match (the page)"),
  shortcuts: [
    { keys: "mod+O", label: msg("Choose a picture") },
    { keys: "mod+V", label: msg("Paste a picture") },
    { keys: "C", label: msg("Open or close the camera") },
    { keys: "Space", label: msg("Take the photo") },
    { keys: "L", label: msg("Live on or off") },
    { keys: "B", label: msg("Draw a box around the product") },
    { keys: "/", label: msg("Write a note, or words to look for") },
    { keys: "Esc", label: msg("Cancel") },
  ],
};
