import { NumberInput, PasswordInput, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import { t } from "../lib/i18n/i18n.ts";
import { choiceLabel, type SettingField } from "./fields.ts";

interface Props {
  id: string;
  field: SettingField;
  value: unknown;
  disabled: boolean;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

export function SettingInput({ id, field, value, disabled, error, onChange }: Props) {
  const common = { id, disabled, error, size: "sm" as const };
  const text = typeof value === "string" ? value : "";
  const typed = (typedText: string) => onChange(typedText === "" && field.nullable ? null : typedText);
  switch (field.kind) {
    case "switch":
      return (
        <Switch {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
      );
    case "choice":
      return (
        <Select
          {...common}
          allowDeselect={false}
          data={field.choices.map((choice) => ({ value: choice, label: choiceLabel(choice) }))}
          value={text}
          onChange={onChange}
        />
      );
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : ""}
          {...(field.min === undefined ? {} : { min: field.min })}
          {...(field.max === undefined ? {} : { max: field.max })}
          allowDecimal={!field.whole}
          step={field.whole ? 1 : 0.01}
          thousandSeparator={field.path.startsWith("server.") ? "" : " "}
          onChange={onChange}
        />
      );
    case "list":
      return <TagsInput {...common} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
    case "secret":
      return (
        <PasswordInput
          {...common}
          aria-invalid={error !== undefined}
          autoComplete="off"
          placeholder={t("None")}
          value={text}
          onChange={(event) => typed(event.currentTarget.value)}
        />
      );
    case "text":
      return (
        <TextInput
          {...common}
          {...(field.nullable ? { placeholder: t("None") } : {})}
          spellCheck={false}
          value={text}
          onChange={(event) => typed(event.currentTarget.value)}
        />
      );
  }
}
