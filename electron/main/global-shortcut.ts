import { app, globalShortcut } from "electron";
import type { DesktopSettingsStore } from "./desktop-settings.ts";

/** Keys that work from any program, where the person set some. */
export interface MatchShortcut {
  /** Why they don't work; null where they do, or none are set. */
  readonly problem: string | null;
}

export function setUpMatchShortcut(settings: DesktopSettingsStore, onPressed: () => void): MatchShortcut {
  let registered: string | null = null;
  let problem: string | null = null;
  const apply = ({ matchShortcut }: DesktopSettingsStore["current"]) => {
    if (matchShortcut === registered) return;
    if (registered !== null) globalShortcut.unregister(registered);
    registered = null;
    problem = null;
    if (matchShortcut === null) return;
    try {
      if (globalShortcut.register(matchShortcut, onPressed)) registered = matchShortcut;
      else problem = `Another program has ${matchShortcut}, or the system does not give it away. Choose other keys.`;
    } catch {
      problem = `${matchShortcut} is no combination of keys. Hold Ctrl, Alt or Shift and press a letter.`;
    }
  };
  apply(settings.current);
  settings.onChange(apply);
  app.on("will-quit", () => globalShortcut.unregisterAll());
  return {
    get problem() {
      return problem;
    },
  };
}
