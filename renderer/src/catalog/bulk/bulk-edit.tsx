import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { type BulkChanges, bulkChangesSchema, type Selection } from "../../../../shared/contract/bulk.ts";
import { t } from "../../lib/i18n/i18n.ts";
import { ProblemNote } from "../../lib/problem-note.tsx";
import { startBulk, useBulk } from "./bulk-store.ts";

interface Props {
  opened: boolean;
  count: number;
  selection: Selection;
  onClose: () => void;
  onStarted: () => void;
}

const EMPTY = { category: "", brand: "", priceBy: "keep", price: "", currency: "", attribute: "", value: "" };
type Fields = typeof EMPTY;

/** What was typed as changes; what was left empty stays as it is. */
function changesOf(fields: Fields): { changes: BulkChanges } | { errors: Partial<Record<keyof Fields, string>> } {
  const typed = fields.price.trim().replace(",", ".");
  const attribute = fields.attribute.trim();
  const parsed = bulkChangesSchema.safeParse({
    ...(fields.category.trim() === "" ? {} : { category: fields.category }),
    ...(fields.brand.trim() === "" ? {} : { brand: fields.brand }),
    ...(fields.priceBy === "keep" ? {} : { price: { by: fields.priceBy, value: typed } }),
    ...(fields.currency.trim() === "" ? {} : { currency: fields.currency.trim().toUpperCase() }),
    ...(attribute === "" ? {} : { attributes: { [attribute]: fields.value === "" ? null : fields.value } }),
  });
  if (parsed.success) return { changes: parsed.data };
  const errors: Partial<Record<keyof Fields, string>> = {};
  for (const { path, message } of parsed.error.issues) {
    const field = path[0] === "attributes" ? "attribute" : path[0];
    if (typeof field === "string" && field in EMPTY) errors[field as keyof Fields] ??= message;
  }
  return { errors };
}

export function BulkEdit({ opened, count, selection, onClose, onStarted }: Props) {
  const [fields, setFields] = useState(EMPTY);
  const [errors, setErrors] = useState<Partial<Record<keyof Fields, string>>>({});
  const [starting, setStarting] = useState(false);
  const problem = useBulk((state) => state.problem);
  const change = (name: keyof Fields, value: string) => {
    setFields((now) => ({ ...now, [name]: value }));
    setErrors((now) => ({ ...now, [name]: undefined }));
  };
  const bind = (name: keyof Fields) => ({
    value: fields[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) => change(name, event.currentTarget.value),
  });
  const unchanged = JSON.stringify(fields) === JSON.stringify(EMPTY);

  const submit = async () => {
    const checked = changesOf(fields);
    if ("errors" in checked) return setErrors(checked.errors);
    setStarting(true);
    const begun = await startBulk(selection, { kind: "edit", changes: checked.changes });
    setStarting(false);
    if (!begun) return;
    setFields(EMPTY);
    onStarted();
  };

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      centered
      title={t("Edit {count, plural, one {# product} other {# products}}", { count })}
      closeButtonProps={{ "aria-label": t("Close") }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <Group grow align="flex-start">
            <TextInput label={t("Category")} placeholder={t("Stays")} {...bind("category")} />
            <TextInput label={t("Brand")} placeholder={t("Stays")} {...bind("brand")} />
          </Group>
          <Group grow align="flex-start">
            <Select
              label={t("Price")}
              allowDeselect={false}
              value={fields.priceBy}
              onChange={(value) => change("priceBy", value ?? "keep")}
              data={[
                { value: "keep", label: t("Stays") },
                { value: "set", label: t("Is set to") },
                { value: "amount", label: t("Changes by an amount") },
                { value: "percent", label: t("Changes by percent") },
              ]}
            />
            <TextInput
              label={fields.priceBy === "percent" ? t("Percent") : t("Amount")}
              placeholder={fields.priceBy === "percent" ? "-10" : "2.50"}
              disabled={fields.priceBy === "keep"}
              inputMode="decimal"
              {...bind("price")}
            />
          </Group>
          <TextInput label={t("Currency")} placeholder={t("Stays")} maxLength={3} {...bind("currency")} />
          <Group grow align="flex-start">
            <TextInput label={t("Attribute")} placeholder={t("None")} {...bind("attribute")} />
            <TextInput
              label={t("Its value")}
              placeholder={t("Empty takes it away")}
              disabled={fields.attribute.trim() === ""}
              {...bind("value")}
            />
          </Group>
          {problem !== null && <ProblemNote problem={problem} />}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t("Cancel")}
            </Button>
            <Button type="submit" disabled={unchanged} loading={starting}>
              {t("Change them")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
