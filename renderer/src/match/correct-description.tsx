import { Button, Group, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { PictureWords } from "../../../shared/contract/describe.ts";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { t } from "../lib/i18n/i18n.ts";
import { correctDescription } from "./correction.ts";
import { FIELD_LABELS, FIELD_LENGTHS, fieldsOf, isBlank, wordsOf } from "./description-words.ts";

interface Props {
  result: MatchResult;
  picture: string;
  words: PictureWords;
  onDone: () => void;
}

export function CorrectDescription({ result, picture, words, onDone }: Props) {
  const [fields, setFields] = useState(() => fieldsOf(words));
  const [saving, setSaving] = useState(false);
  const said = wordsOf(fields);
  const bind = (name: keyof PictureWords) => ({
    label: t(FIELD_LABELS[name]),
    size: "xs",
    value: fields[name],
    maxLength: FIELD_LENGTHS[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setFields((now) => ({ ...now, [name]: value }));
    },
  });
  const submit = async () => {
    setSaving(true);
    const kept = await correctDescription(result, picture, said);
    setSaving(false);
    if (kept) onDone();
  };
  return (
    <form
      aria-label={t("Description of the picture")}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap={8}>
        <TextInput {...bind("caption")} data-autofocus />
        <SimpleGrid cols={2} spacing={8} verticalSpacing={8}>
          <TextInput {...bind("category")} />
          <TextInput {...bind("brand")} />
          <TextInput {...bind("colours")} placeholder={t("red, white")} />
          <TextInput {...bind("material")} />
        </SimpleGrid>
        <Textarea {...bind("text")} placeholder={t("One line a row")} autosize minRows={2} maxRows={5} />
        <Group gap="xs">
          <Button type="submit" size="compact-sm" loading={saving} disabled={isBlank(said)}>
            {t("Save and search again")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={onDone}>
            {t("Cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
