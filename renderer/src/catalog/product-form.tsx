import { Button, Group, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ProductDraft } from "../../../shared/contract/domain.ts";
import { t } from "../lib/i18n/i18n.ts";
import type { Problem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { type DraftFields, draftOf, type FieldErrors } from "./draft.ts";

interface Props {
  initial: DraftFields;
  /** The SKU is the product's key: it is chosen once. */
  fixedSku: boolean;
  saving: boolean;
  problem: Problem | null;
  submitLabel: string;
  onSubmit: (draft: ProductDraft) => void;
  actions?: ReactNode;
}

/** ISO 4217: the same in every language. */
const EXAMPLE_CURRENCY = "EUR";

export function ProductForm({ initial, fixedSku, saving, problem, submitLabel, onSubmit, actions }: Props) {
  const [fields, setFields] = useState(initial);
  const [errors, setErrors] = useState<FieldErrors>({});
  const bind = (name: keyof DraftFields) => ({
    value: fields[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setFields((now) => ({ ...now, [name]: value }));
      setErrors((now) => ({ ...now, [name]: undefined }));
    },
  });
  const submit = () => {
    const checked = draftOf(fields);
    if ("errors" in checked) return setErrors(checked.errors);
    setErrors({});
    onSubmit(checked.draft);
  };

  return (
    <form
      noValidate
      aria-label={t("Product")}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="sm">
        <TextInput label={t("Name")} required {...bind("name")} />
        <SimpleGrid cols={2} spacing="sm">
          <TextInput
            label={t("SKU")}
            required
            readOnly={fixedSku}
            variant={fixedSku ? "filled" : "default"}
            {...bind("sku")}
          />
          <TextInput label={t("Barcode")} {...bind("barcode")} />
          <TextInput label={t("Category")} {...bind("category")} />
          <TextInput label={t("Brand")} {...bind("brand")} />
          <TextInput label={t("Price")} inputMode="decimal" placeholder="12.50" {...bind("price")} />
          <TextInput label={t("Currency")} placeholder={EXAMPLE_CURRENCY} maxLength={3} {...bind("currency")} />
        </SimpleGrid>
        <Textarea label={t("Description")} autosize minRows={3} maxRows={8} {...bind("description")} />
        <Textarea
          label={t("Attributes")}
          description={t("One a line, as size: 42")}
          autosize
          minRows={1}
          maxRows={6}
          {...bind("attributes")}
        />
        {problem !== null && <ProblemNote problem={problem} onRetry={submit} />}
        <Group gap="xs">
          <Button type="submit" loading={saving}>
            {submitLabel}
          </Button>
          {actions}
        </Group>
      </Stack>
    </form>
  );
}
