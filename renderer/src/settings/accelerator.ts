import { t } from "../lib/i18n/i18n.ts";

interface Pressed {
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
  /** Physical key, such as `KeyM`. */
  code: string;
}

/**
 * Keys in the notation of Electron's accelerators: a letter, digit or function key, with Ctrl, Alt or the system's key
 * held (Shift alone would take a capital letter away from every program).
 * @returns null for any other press
 */
export function acceleratorOf({ ctrlKey, altKey, shiftKey, metaKey, code }: Pressed): string | null {
  const key = /^(?:Key([A-Z])|Digit(\d)|(F\d{1,2}))$/.exec(code);
  const name = key?.[1] ?? key?.[2] ?? key?.[3];
  if (name === undefined || !(ctrlKey || altKey || metaKey)) return null;
  const held = [ctrlKey && t("Control"), altKey && "Alt", shiftKey && "Shift", metaKey && t("Super")];
  return [...held.filter((one) => one !== false), name].join("+");
}
