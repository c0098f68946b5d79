import { type DesktopSettings, desktopSettingsSchema } from "../../shared/desktop/settings.ts";
import type { StoredFile } from "./stored-file.ts";

/** The desktop's settings in force, kept as they change. */
export interface DesktopSettingsStore {
  readonly current: DesktopSettings;
  /** @throws ZodError for a value that is none */
  update(changes: Partial<DesktopSettings>): void;
  onChange(listener: (settings: DesktopSettings) => void): void;
}

export function desktopSettings(file: StoredFile<DesktopSettings>): DesktopSettingsStore {
  const listeners: ((settings: DesktopSettings) => void)[] = [];
  let current = file.read();
  return {
    get current() {
      return current;
    },
    update(changes) {
      const next = desktopSettingsSchema.parse({ ...current, ...changes });
      file.write(next);
      current = next;
      for (const listener of listeners) listener(next);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
