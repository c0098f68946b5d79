import { UnstyledButton } from "@mantine/core";
import { defaultConfig } from "../../../shared/config.ts";
import type { Settings } from "../../../shared/contract/system.ts";
import { type SettingField, valueAt, valueText } from "./fields.ts";
import classes from "./settings-page.module.css";

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
        {field.label}
      </label>
      {origin !== undefined && <span className={classes.mark}>Given by {origin}</span>}
      {settings.restart.includes(path) && <span className={classes.mark}>Applies at the next start</span>}
      <p className={classes.help}>{field.help}</p>
      <p className={classes.help}>
        Default: {valueText(field, usual)}
        {settings.atStart.includes(path) && " · a change needs a restart"}
        {!isUsual && origin === undefined && (
          <>
            {" · "}
            <UnstyledButton
              className={classes.reset ?? ""}
              onClick={() => onReset(usual)}
              aria-label={`Reset ${field.label}`}
            >
              Reset
            </UnstyledButton>
          </>
        )}
      </p>
    </div>
  );
}
