import { Button, Group, Loader, Progress, Stack, Text } from "@mantine/core";
import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { formatCount } from "../lib/format.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { ImportFailures } from "./import-failures.tsx";
import { cancelImport } from "./import-run.ts";
import { isOver, percentDone, progressLine } from "./import-state.ts";
import { useImport } from "./import-store.ts";

const HEADLINE: Record<ImportProgress["state"], string> = {
  prepared: "Ready to import",
  planned: "Dry run",
  paused: "Paused",
  reading: "Reading",
  running: "Importing",
  done: "Imported",
  failed: "The import stopped",
  cancelled: "The import was cancelled; what went in stays",
};

export function ImportProgressView({ onClose }: { onClose: () => void }) {
  const { progress, uploading, problem } = useImport();
  const over = progress === null ? !uploading : isOver(progress);
  const reset = () => useImport.setState({ progress: null, problem: null, uploading: false });
  return (
    <Stack gap="sm">
      {uploading && (
        <Group gap="xs">
          <Loader size={16} aria-hidden />
          <Text>Sending the files to the engine…</Text>
        </Group>
      )}
      {problem !== null && <ProblemNote problem={problem} />}
      {progress !== null && <Figures progress={progress} />}
      <Group justify="flex-end" gap="xs">
        {over ? (
          <>
            <Button variant="default" onClick={reset}>
              Import something else
            </Button>
            <Button
              onClick={() => {
                onClose();
                reset();
              }}
            >
              Close
            </Button>
          </>
        ) : (
          <>
            <Button variant="default" onClick={() => void cancelImport()}>
              Cancel the import
            </Button>
            <Button onClick={onClose}>Go on working</Button>
          </>
        )}
      </Group>
    </Stack>
  );
}

function Figures({ progress }: { progress: ImportProgress }) {
  const percent = percentDone(progress);
  return (
    <>
      <div>
        <Text fw={600}>
          {HEADLINE[progress.state]}: {progress.source}
        </Text>
        {progress.format !== null && (
          <Text size="xs" c="dimmed">
            {progress.format}
          </Text>
        )}
      </div>
      <Progress.Root size={10}>
        <Progress.Section
          value={percent ?? 100}
          animated={percent === null}
          striped={percent === null}
          aria-label={`Import of ${progress.source}`}
        />
      </Progress.Root>
      <Group justify="space-between">
        <Text size="sm" className="tabular" role="status" data-testid="import-line">
          {progressLine(progress)}
        </Text>
        {progress.failedCount > 0 && (
          <Text size="sm" fw={600} c="var(--sm-danger)">
            {formatCount(progress.failedCount)} failed
          </Text>
        )}
      </Group>
      {progress.error !== null && (
        <Text size="sm">
          {progress.error.message} ({progress.error.code})
        </Text>
      )}
      {progress.failed.length > 0 && <ImportFailures progress={progress} />}
    </>
  );
}
