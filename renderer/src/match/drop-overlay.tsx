import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPhotoDown } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { showPicture } from "./actions.ts";
import classes from "./drop-overlay.module.css";

function takeDropped(data: DataTransfer): void {
  const entry = data.items[0]?.webkitGetAsEntry();
  if (entry?.isDirectory) {
    notifications.show({
      title: t("That is a folder"),
      message: t("Drop one picture here. A folder of products is imported on the catalogue page."),
      color: "amber",
    });
    return;
  }
  const file = data.files[0];
  if (file === undefined) return;
  if (data.files.length > 1) {
    notifications.show({
      message: t("One picture at a time: {file} is matched.", { file: file.name }),
      color: "slate",
    });
  }
  showPicture(file);
}

/** Makes the whole window a place to drop a picture. */
export function DropOverlay() {
  const [over, setOver] = useState(false);

  useEffect(() => {
    // A child entered is a parent left: only the count says whether the pointer is still inside.
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth -= 1;
      if (depth <= 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      takeDropped(event.dataTransfer);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", hover);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", hover);
      window.removeEventListener("drop", drop);
    };
  }, []);

  if (!over) return null;
  return (
    <div className={classes.overlay}>
      <div className={classes.card}>
        <IconPhotoDown size={40} stroke={1.4} aria-hidden />
        <Text size="lg" fw={600}>
          {t("Drop it to find the product")}
        </Text>
      </div>
    </div>
  );
}
