import { UnstyledButton } from "@mantine/core";
import { defaultConfig } from "../../../shared/config.ts";
import type { Settings } from "../../../shared/contract/system.ts";
import { known, t } from "../lib/i18n/i18n.ts";
import { type SettingField, valueAt } from "./fields.ts";
import classes from "./settings-page.module.css";
import { valueText } from "./value-text.ts";

interface Props {
  id: string;
  field: SettingField;
  settings: Settings;
  /** As it stands in the form. */
  value: unknown;
  onReset: (value: unknown) => void;
}

/** Name and meaning of a setting, its default, where it is given otherwise, and when a change of it applies. */
export function SettingHead({ id, field, settings, value, onReset }: Props) {
  const { path } = field;
  const usual = valueAt(defaultConfig, path);
  const isUsual = JSON.stringify(value) === JSON.stringify(usual);
  const origin = settings.origins[path];
  return (
    <div>
      <label htmlFor={id} className={classes.label}>
        {known(field.label)}
      </label>
      {origin !== undefined && <span className={classes.mark}>{t("Given by {origin}", { origin })}</span>}
      {settings.restart.includes(path) && <span className={classes.mark}>{t("Applies at the next start")}</span>}
      <p className={classes.help}>{known(field.help)}</p>
      <p className={classes.help}>
        {t("Default: {value}", { value: valueText(field, usual) })}
        {settings.atStart.includes(path) && t(" · a change needs a restart")}
        {!isUsual && origin === undefined && (
          <>
            {" · "}
            <UnstyledButton
              className={classes.reset ?? ""}
              onClick={() => onReset(usual)}
              aria-label={t("Reset {name}", { name: known(field.label) })}
            >
              {t("Reset")}
            </UnstyledButton>
          </>
        )}
      </p>
    </div>
  );
}
