import { IconReload } from "@tabler/icons-react";
import type { Settings } from "../../../shared/contract/system.ts";
import classes from "./stack-page.module.css";

/** After a move, or after a change of the settings by hand. */
export function RestartNote({ settings }: { settings: Settings }) {
  if (!settings.restart.some((path) => path.startsWith("parts."))) return null;
  return (
    <p className={classes.restart} role="status">
      <IconReload size={18} aria-hidden />
      <span>
        <strong>Restart to use it.</strong> The {settings.config.parts.profile} profile is chosen and begins with the
        next start: end Shelfmatch where it runs (Ctrl+C), and start it again.
      </span>
    </p>
  );
}
