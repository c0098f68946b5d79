import { IconReload } from "@tabler/icons-react";
import type { Settings } from "../../../shared/contract/system.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./stack-page.module.css";

const SERVICE_SETTING = /^(triton|qdrant|mongo|chroma)\./;

/** After a move, or after a change of the settings. @param inUse whether any part runs on a service now */
export function RestartNote({ settings, inUse }: { settings: Settings; inUse: boolean }) {
  const parts = settings.restart.some((path) => path.startsWith("parts."));
  const services = inUse && settings.restart.some((path) => SERVICE_SETTING.test(path));
  if (!parts && !services) return null;
  return (
    <p className={classes.restart} role="status">
      <IconReload size={18} aria-hidden />
      <span>
        <strong>{t("Restart to use it.")}</strong>{" "}
        {parts
          ? t("The settings name the {profile} profile from the next start on.", {
              profile: settings.config.parts.profile,
            })
          : t("The settings of the services have changed and apply at the next start.")}{" "}
        {t("End Shelfmatch where it runs (Ctrl+C), and start it again.")}
      </span>
    </p>
  );
}
