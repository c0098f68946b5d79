import { Button, Group, Loader, Progress, Stack, Text } from "@mantine/core";
import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { formatCount } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { errorText } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { BadRows } from "./bad-rows.tsx";
import dialog from "./import-dialog.module.css";
import { cancelImport, pauseImport, resumeImport, startOver } from "./import-run.ts";
import { isOver, percentDone, progressLine } from "./import-state.ts";
import { useImport } from "./import-store.ts";
import { readingText } from "./reading-words.ts";

const HEADLINE: Record<ImportProgress["state"], Message> = {
  prepared: msg("Ready to import: {source}"),
  planned: msg("Tried without writing: {source}"),
  paused: msg("Paused: {source}"),
  reading: msg("Reading: {source}"),
  running: msg("Importing: {source}"),
  done: msg("Imported: {source}"),
  failed: msg("The import stopped: {source}"),
  cancelled: msg("The import was cancelled; what went in stays: {source}"),
};

export function ImportProgressView({ onClose }: { onClose: () => void }) {
  const { progress, uploading, problem } = useImport();
  const over = progress === null ? !uploading : isOver(progress);
  return (
    <Stack gap="sm">
      {uploading && (
        <Group gap="xs">
          <Loader size={16} aria-hidden />
          <Text>{t("Sending the files to the engine…")}</Text>
        </Group>
      )}
      {problem !== null && <ProblemNote problem={problem} />}
      {progress !== null && <Figures progress={progress} />}
      {progress !== null && over && progress.badRows > 0 && <BadRows progress={progress} />}
      <Group justify="flex-end" gap="xs" className={dialog.footer ?? ""}>
        {over ? <Over progress={progress} onClose={onClose} /> : <Running progress={progress} onClose={onClose} />}
      </Group>
    </Stack>
  );
}

function Over({ progress, onClose }: { progress: ImportProgress | null; onClose: () => void }) {
  if (progress?.state === "paused") {
    return (
      <>
        <Button variant="default" onClick={() => void cancelImport()}>
          {t("Cancel the import")}
        </Button>
        <Button onClick={() => void resumeImport()}>{t("Go on with the import")}</Button>
      </>
    );
  }
  return (
    <>
      <Button variant="default" onClick={() => void startOver()}>
        {t("Import something else")}
      </Button>
      <Button
        onClick={() => {
          onClose();
          void startOver();
        }}
      >
        {t("Close")}
      </Button>
    </>
  );
}

function Running({ progress, onClose }: { progress: ImportProgress | null; onClose: () => void }) {
  return (
    <>
      <Button variant="default" onClick={() => void cancelImport()}>
        {t("Cancel the import")}
      </Button>
      {progress?.task === "import" && (
        <Button variant="default" onClick={() => void pauseImport()}>
          {t("Pause")}
        </Button>
      )}
      <Button onClick={onClose}>{t("Go on working")}</Button>
    </>
  );
}

function Figures({ progress }: { progress: ImportProgress }) {
  const percent = percentDone(progress);
  const { source, state } = progress;
  return (
    <>
      <div>
        <Text fw={600}>{t(HEADLINE[state], { source })}</Text>
        {progress.format !== null && (
          <Text size="xs" c="dimmed">
            {readingText(progress.format)}
          </Text>
        )}
        {progress.vectors !== null && (
          <Text size="xs" c="dimmed" lang="en">
            {progress.vectors}
          </Text>
        )}
      </div>
      <Progress.Root size={10}>
        <Progress.Section
          value={percent ?? 100}
          animated={percent === null}
          striped={percent === null}
          aria-label={t("Import of {source}", { source })}
        />
      </Progress.Root>
      <Group justify="space-between">
        <Text size="sm" className="tabular" role="status" data-testid="import-line">
          {progressLine(progress)}
        </Text>
        {progress.failedCount > 0 && (
          <Text size="sm" fw={600} c="var(--sm-danger)">
            {t("{count, plural, one {# problem} other {# problems}}", { count: progress.failedCount })}
          </Text>
        )}
      </Group>
      {state === "paused" && (
        <Text size="sm" c="dimmed">
          {t("It goes on where it stopped, also after Shelfmatch was closed. What went in stays: {count} so far.", {
            count: formatCount(progress.products),
          })}
        </Text>
      )}
      {progress.error !== null && (
        <Text size="sm" role="alert">
          {errorText(progress.error)} <code>{progress.error.code}</code>
        </Text>
      )}
    </>
  );
}
