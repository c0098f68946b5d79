import { Group, Select, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ImportOptions, ImportPreview } from "../../../shared/contract/imports.ts";
import { t } from "../lib/i18n/i18n.ts";

interface Props {
  preview: ImportPreview;
  onChange: (options: ImportOptions) => void;
}

/** How prices are written, in which currency, and whether pictures may be fetched from the web. */
export function ReadingOptions({ preview, onChange }: Props) {
  const { options, webAllowed, webPictures } = preview;
  const change = (changes: Partial<ImportOptions>) => onChange({ ...options, ...changes });
  const found = preview.decimalMark === "comma" ? t("Found out: 12,50") : t("Found out: 12.50");
  return (
    <Group align="flex-start" gap="md">
      <Select
        size="xs"
        w={170}
        label={t("Prices are written as")}
        allowDeselect={false}
        data={[
          { value: "auto", label: found },
          { value: "point", label: "12.50" },
          { value: "comma", label: "12,50" },
        ]}
        value={options.decimalMark}
        onChange={(value) => change({ decimalMark: (value ?? "auto") as ImportOptions["decimalMark"] })}
      />
      <Select
        size="xs"
        w={190}
        label={t("Prices are in")}
        allowDeselect={false}
        data={[
          { value: "main", label: t("Euros, dollars, …") },
          { value: "hundredth", label: t("Cents") },
        ]}
        value={options.priceUnit}
        onChange={(value) => change({ priceUnit: (value ?? "main") as ImportOptions["priceUnit"] })}
      />
      <Currency value={options.currency} onChange={(currency) => change({ currency })} />
      <Switch
        size="sm"
        mt={24}
        label={t("Fetch pictures from the web")}
        description={
          webAllowed
            ? t(
                "{count, plural, =0 {No web address in the first rows} one {# web address in the first rows} other {# web addresses in the first rows}}",
                { count: webPictures },
              )
            : t("Switched off under Settings, Imports")
        }
        disabled={!webAllowed}
        checked={options.picturesFromWeb && webAllowed}
        onChange={(event) => change({ picturesFromWeb: event.currentTarget.checked })}
      />
    </Group>
  );
}

function Currency({ value, onChange }: { value: string | null; onChange: (currency: string | null) => void }) {
  const [text, setText] = useState(value ?? "");
  const bad = text !== "" && !/^[A-Z]{3}$/.test(text);
  return (
    <TextInput
      size="xs"
      w={170}
      label={t("Currency where none stands")}
      placeholder="EUR"
      maxLength={3}
      value={text}
      error={bad ? t("A code such as EUR.") : undefined}
      onChange={(event) => {
        const next = event.currentTarget.value.toUpperCase();
        setText(next);
        if (next === "" || /^[A-Z]{3}$/.test(next)) onChange(next === "" ? null : next);
      }}
    />
  );
}
