import { nativeTheme } from "electron";
import type { DesktopSettingsStore } from "./desktop-settings.ts";

/** Menus, dialogs and the frame follow the theme that was chosen in the pages. */
export function followTheme(settings: DesktopSettingsStore): void {
  const apply = ({ theme }: DesktopSettingsStore["current"]) => {
    nativeTheme.themeSource = theme === "auto" ? "system" : theme;
  };
  apply(settings.current);
  settings.onChange(apply);
}
