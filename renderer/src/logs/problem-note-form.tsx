import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Problem } from "../../../shared/contract/journal.ts";
import { t } from "../lib/i18n/i18n.ts";
import { useMark } from "./use-mark.ts";

/** As many characters as the contract takes. */
const LONGEST = 500;

/** What somebody knows of a problem, kept with its mark. */
export function ProblemNoteForm({ problem: { fingerprint, mark } }: { problem: Problem }) {
  const kept = mark?.note ?? "";
  const [note, setNote] = useState(kept);
  const marking = useMark(fingerprint);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        marking.mutate({ state: mark?.state ?? "known", note: note.trim() === "" ? null : note.trim() });
      }}
    >
      <Group gap="xs" align="flex-end" wrap="nowrap" my="xs">
        <TextInput
          style={{ flex: 1 }}
          size="xs"
          label={t("Note")}
          placeholder={t("What others should know of it")}
          description={mark === null ? t("Saving a note marks the problem as known.") : undefined}
          maxLength={LONGEST}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="compact-sm"
          variant="default"
          loading={marking.isPending}
          disabled={note.trim() === kept}
        >
          {t("Save the note")}
        </Button>
      </Group>
    </form>
  );
}
