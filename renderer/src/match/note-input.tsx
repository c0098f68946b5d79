import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { t } from "../lib/i18n/i18n.ts";
import { submitText } from "./actions.ts";
import { NOTE_INPUT_ID } from "./input-controls.ts";
import classes from "./note-input.module.css";
import { useQueryStore } from "./query-store.ts";

/** A note that goes with the picture, or words alone. */
export function NoteInput() {
  const text = useQueryStore((state) => state.text);
  const hasPhoto = useQueryStore((state) => state.photo !== null);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        submitText();
      }}
    >
      <TextInput
        id={NOTE_INPUT_ID}
        className={classes.input ?? ""}
        aria-label={hasPhoto ? t("Note that goes with the picture") : t("Words or a barcode to look for")}
        placeholder={hasPhoto ? t("Add a note: left shoe, size 42") : t("Or describe it: red leather boots, a barcode")}
        value={text}
        maxLength={2000}
        onChange={(event) => useQueryStore.setState({ text: event.currentTarget.value })}
      />
      <Button
        type="submit"
        variant="default"
        leftSection={<IconSearch size={16} stroke={1.8} />}
        disabled={!hasPhoto && text.trim() === ""}
      >
        {t("Find")}
      </Button>
    </form>
  );
}
