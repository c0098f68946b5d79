import { ActionIcon, Button, Text, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconCamera, IconCrop, IconFolderOpen, IconPhotoOff, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { containedIn, type Size } from "../lib/contained.ts";
import { formatBytes } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { markPart, removePicture, setRegion } from "./actions.ts";
import { useCamera } from "./camera-store.ts";
import { choosePicture } from "./input-controls.ts";
import type { Photo } from "./photo.ts";
import { useQueryStore } from "./query-store.ts";
import { RegionEditor } from "./region-editor.tsx";
import classes from "./stage.module.css";

export function PictureStage({ photo }: { photo: Photo }) {
  const { ref, width, height } = useElementSize();
  const [natural, setNatural] = useState<Size | null>(null);
  const { region, unshowable } = useQueryStore();
  const rect = natural === null ? null : containedIn({ width, height }, natural);
  const place = rect === null ? null : { left: rect.x, top: rect.y, width: rect.width, height: rect.height };

  return (
    <div className={classes.stage}>
      <div className={classes.bar}>
        <span className={classes.name} title={photo.file.name}>
          {photo.file.name}
        </span>
        {region === null ? (
          <Tooltip label={t("Draw a box around the product, or press B")} openDelay={400}>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconCrop size={14} />}
              disabled={unshowable}
              onClick={markPart}
            >
              {t("Mark a part")}
            </Button>
          </Tooltip>
        ) : (
          <Button size="compact-sm" variant="light" leftSection={<IconX size={14} />} onClick={() => setRegion(null)}>
            {t("Whole picture")}
          </Button>
        )}
        <Tooltip label={t("Choose another picture")} openDelay={400}>
          <ActionIcon variant="subtle" color="slate" onClick={choosePicture} aria-label={t("Choose another picture")}>
            <IconFolderOpen size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("Use the camera")} openDelay={400}>
          <ActionIcon
            variant="subtle"
            color="slate"
            onClick={() => useCamera.setState({ open: true })}
            aria-label={t("Use the camera")}
          >
            <IconCamera size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("Take the picture away")} openDelay={400}>
          <ActionIcon variant="subtle" color="slate" onClick={removePicture} aria-label={t("Take the picture away")}>
            <IconX size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.frame} ref={ref}>
        {unshowable ? (
          <div className={classes.unshowable}>
            <IconPhotoOff size={32} stroke={1.3} aria-hidden />
            <Text fw={600}>{t("No preview for this file")}</Text>
            <Text size="sm">
              {photo.file.type || t("Unknown type")}, {formatBytes(photo.file.size)}.{" "}
              {t("The engine reads more formats than the browser shows.")}
            </Text>
          </div>
        ) : (
          <img
            className={classes.picture}
            style={place ?? { visibility: "hidden" }}
            src={photo.url}
            alt={t("Your picture, {file}", { file: photo.file.name })}
            draggable={false}
            onLoad={({ currentTarget }) =>
              setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
            }
            onError={() => useQueryStore.setState({ unshowable: true })}
          />
        )}
        {place !== null && !unshowable && <RegionEditor place={place} region={region} onChange={setRegion} />}
      </div>
    </div>
  );
}
