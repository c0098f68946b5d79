import type { Message } from "./i18n/i18n.ts";

export interface Shortcut {
  /** As Mantine's useHotkeys takes it, and as it is shown: `mod` is Ctrl, or Command on a Mac. */
  keys: string;
  label: Message;
}

export interface ShortcutGroup {
  title: Message;
  shortcuts: readonly Shortcut[];
}

/** The keys to show, one a cap: `mod+O` is `Ctrl`, `O`. */
export function keyCaps(keys: string, mac: boolean): string[] {
  return keys.split("+").map((key) => (key === "mod" ? (mac ? "⌘" : "Ctrl") : key));
}
