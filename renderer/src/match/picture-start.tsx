import { Button, Kbd, Text } from "@mantine/core";
import { IconCamera, IconFolderOpen, IconPhotoUp } from "@tabler/icons-react";
import { t } from "../lib/i18n/i18n.ts";
import { useCamera } from "./camera-store.ts";
import { choosePicture } from "./input-controls.ts";
import classes from "./stage.module.css";

/** What is on the left before there is a picture. */
export function PictureStart() {
  return (
    <div className={classes.start}>
      <IconPhotoUp className={classes.startIcon} size={44} stroke={1.2} aria-hidden />
      <Text size="lg" fw={600}>
        {t("Drop a picture anywhere")}
      </Text>
      <Text size="sm" c="dimmed">
        {t("or paste one with")} <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">V</Kbd>
      </Text>
      <div className={classes.startActions}>
        <Button leftSection={<IconFolderOpen size={18} stroke={1.6} />} onClick={choosePicture}>
          {t("Choose a picture")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconCamera size={18} stroke={1.6} />}
          onClick={() => useCamera.setState({ open: true })}
        >
          {t("Use the camera")}
        </Button>
      </div>
    </div>
  );
}
