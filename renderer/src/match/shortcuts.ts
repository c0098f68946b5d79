import type { ShortcutGroup } from "../lib/shortcuts.ts";

export const matchShortcuts: ShortcutGroup = {
  title: "Match",
  shortcuts: [
    { keys: "mod+O", label: "Choose a picture" },
    { keys: "mod+V", label: "Paste a picture" },
    { keys: "C", label: "Open or close the camera" },
    { keys: "Space", label: "Take the photo" },
    { keys: "L", label: "Live on or off" },
    { keys: "B", label: "Draw a box around the product" },
    { keys: "/", label: "Write a note, or words to look for" },
    { keys: "Esc", label: "Cancel" },
  ],
};
