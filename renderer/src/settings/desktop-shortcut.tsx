import { CloseButton, TextInput } from "@mantine/core";
import { t } from "../lib/i18n/i18n.ts";
import { acceleratorOf } from "./accelerator.ts";
import classes from "./settings-page.module.css";

interface Props {
  keys: string | null;
  problem: string | null;
  onChange: (keys: string | null) => void;
}

/** Takes the keys as they are pressed. */
export function DesktopShortcut({ keys, problem, onChange }: Props) {
  return (
    <div className={classes.row}>
      <div>
        <label htmlFor="desktop-shortcut" className={classes.label}>
          {t("Match the clipboard from anywhere")}
        </label>
        <p className={classes.help}>
          {t(
            "Press the keys here, such as Ctrl+Alt+M. From then on they match the clipboard's picture from any program.",
          )}
        </p>
      </div>
      <TextInput
        id="desktop-shortcut"
        size="sm"
        readOnly
        placeholder={t("Off")}
        value={keys ?? ""}
        error={problem}
        onKeyDown={(event) => {
          const pressed = acceleratorOf(event);
          if (pressed === null) return;
          event.preventDefault();
          onChange(pressed);
        }}
        rightSection={
          keys !== null && <CloseButton size="sm" aria-label={t("Switch it off")} onClick={() => onChange(null)} />
        }
      />
    </div>
  );
}
