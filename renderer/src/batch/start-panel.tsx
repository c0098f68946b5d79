import { Button, Progress, Text } from "@mantine/core";
import { IconEye, IconFolder, IconPhotoPlus } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { desktop } from "../lib/desktop.ts";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import classes from "./batch-page.module.css";
import { useBatches } from "./batch-store.ts";
import { droppedFiles, pickFiles, pickFolder } from "./pick.ts";
import { type Picked, startBatch, stopSending } from "./start-batch.ts";

/** Photos, a folder or a zip: dropped or chosen. */
export function StartPanel({ onBegun }: { onBegun: (id: string) => void }) {
  const { uploading, problem } = useBatches();
  const [over, setOver] = useState(false);
  const begin = (picked: Picked | null) => {
    if (picked !== null) void startBatch(picked, onBegun);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (uploading === null) void droppedFiles(event.dataTransfer).then(begin);
  };
  const inFolder = async (watch: boolean) => {
    if (desktop === null) return begin(await pickFolder());
    const path = await desktop.choosePictureFolder();
    begin(path === null ? null : { path, watch });
  };

  return (
    <section
      className={classes.drop}
      data-over={over || undefined}
      aria-label={t("New batch")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div>
        <h2 className={classes.dropTitle}>{t("Match many photos at once")}</h2>
        <Text size="sm" c="dimmed">
          {t(
            "Drop photos, a folder or a zip here. They are matched one after the other; then you go through the answers.",
          )}
        </Text>
      </div>
      {uploading === null ? (
        <div className={classes.dropActions}>
          <Button leftSection={<IconPhotoPlus size={16} />} onClick={() => void pickFiles().then(begin)}>
            {t("Choose photos")}
          </Button>
          <Button variant="default" leftSection={<IconFolder size={16} />} onClick={() => void inFolder(false)}>
            {t("Choose a folder")}
          </Button>
          {desktop !== null && (
            <Button variant="default" leftSection={<IconEye size={16} />} onClick={() => void inFolder(true)}>
              {t("Watch a folder")}
            </Button>
          )}
        </div>
      ) : (
        <div className={classes.sending}>
          <Text size="sm" role="status">
            {t("Sending photo {sent} of {total}. Keep this window open until all are sent.", {
              sent: formatCount(uploading.sent),
              total: formatCount(uploading.total),
            })}
          </Text>
          <Progress value={(100 * uploading.sent) / Math.max(1, uploading.total)} aria-label={t("Sending")} />
          <Button variant="default" size="compact-sm" onClick={stopSending}>
            {t("Stop sending")}
          </Button>
        </div>
      )}
      {desktop === null && (
        <Text size="xs" c="dimmed">
          {t(
            "To match new photos as they come into a folder, use the desktop app, or: shelfmatch batch FOLDER --watch",
          )}
        </Text>
      )}
      {problem !== null && <ProblemNote problem={problem} />}
    </section>
  );
}
