import { Button, Group, SegmentedControl } from "@mantine/core";
import { useEffect, useState } from "react";
import type { DesktopBridge } from "../../../shared/desktop/bridge.ts";
import type { DesktopState } from "../../../shared/desktop/calls.ts";
import { t } from "../lib/i18n/i18n.ts";
import card from "./card.module.css";
import { DesktopShortcut } from "./desktop-shortcut.tsx";
import classes from "./settings-page.module.css";

/** What belongs to the app on this machine: the camera, keys that work everywhere, where the data lies. */
export function DesktopPanel({ desktop, dataFolder }: { desktop: DesktopBridge; dataFolder: string | null }) {
  const [state, setState] = useState<DesktopState | null>(null);
  useEffect(() => {
    void desktop.state().then(setState);
    return desktop.onEvent((event) => event.kind === "state" && setState(event.state));
  }, [desktop]);
  if (state === null) return null;
  const { settings } = state;
  return (
    <section className={card.card} aria-labelledby="settings-desktop">
      <h2 id="settings-desktop" className={classes.cardTitle}>
        {t("This app")}
      </h2>
      <div className={classes.row}>
        <div>
          <span className={classes.label}>{t("Camera")}</span>
          <p className={classes.help}>{t("Whether the pages may use it. Nothing it sees leaves this machine.")}</p>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t("Camera")}
          data={[
            { value: "ask", label: t("Ask") },
            { value: "allowed", label: t("Allow") },
            { value: "refused", label: t("Refuse") },
          ]}
          value={settings.camera}
          onChange={(camera) => void desktop.update({ camera: camera as typeof settings.camera }).then(setState)}
        />
      </div>
      <DesktopShortcut
        keys={settings.matchShortcut}
        problem={state.shortcutProblem}
        onChange={(matchShortcut) => void desktop.update({ matchShortcut }).then(setState)}
      />
      <div className={classes.row}>
        <div>
          <span className={classes.label}>{t("Data folder")}</span>
          <p className={classes.help}>
            {dataFolder ?? t("The engine says where it is once it runs.")}
            {state.dataFolderFixed && (
              <>
                <br />
                {t("Given when the app was started: not to be changed here.")}
              </>
            )}
          </p>
        </div>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => void desktop.showFolder("data")}>
            {t("Show")}
          </Button>
          {!state.dataFolderFixed && (
            <Button size="compact-sm" variant="default" onClick={() => void desktop.chooseDataFolder().then(setState)}>
              {t("Choose another")}
            </Button>
          )}
          {settings.dataFolder !== null && !state.dataFolderFixed && (
            <Button size="compact-sm" variant="default" onClick={() => void desktop.resetDataFolder().then(setState)}>
              {t("Use the usual one")}
            </Button>
          )}
        </Group>
      </div>
      <div className={classes.row}>
        <div>
          <span className={classes.label}>{t("Logs and crash reports")}</span>
          <p className={classes.help}>
            {t("Kept on this machine; nothing is sent. The journal has what the engine did.")}
          </p>
        </div>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => void desktop.showFolder("logs")}>
            {t("Show the logs")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => void desktop.showFolder("crashes")}>
            {t("Show the reports")}
          </Button>
        </Group>
      </div>
    </section>
  );
}
