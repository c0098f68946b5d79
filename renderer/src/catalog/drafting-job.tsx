import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { DraftingProgress } from "../../../shared/contract/drafts.ts";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { isRunning } from "./drafts-queries.ts";
import { draftingLine } from "./drafts-words.ts";

/** The job that drafts: started and stopped here, and how far it is. */
export function DraftingJob({ job }: { job: DraftingProgress | null }) {
  const queries = useQueryClient();
  const changed = () => queries.invalidateQueries({ queryKey: api.drafts.key() });
  const start = useMutation(api.drafts.start.mutationOptions({ onSuccess: changed }));
  const cancel = useMutation(api.drafts.cancel.mutationOptions({ onSuccess: changed }));
  const running = isRunning(job?.state);
  const failure = start.error ?? cancel.error;

  // The last drafts came after the list was loaded.
  const ran = useRef(running);
  useEffect(() => {
    if (ran.current && !running) void queries.invalidateQueries({ queryKey: api.drafts.list.key() });
    ran.current = running;
  }, [running, queries]);

  return (
    <Stack gap="xs">
      <Text size="sm">
        {t(
          "The vision-language model looks at each product that has a picture and no description, and drafts one. Nothing enters the catalogue until you accept it.",
        )}
      </Text>
      {failure !== null && <ProblemNote problem={toProblem(failure)} />}
      {job !== null && (
        <>
          {running && (
            <Progress
              value={job.total === null || job.total === 0 ? 100 : (job.done / job.total) * 100}
              animated={job.total === null}
              size={8}
              aria-label={t("Drafting")}
            />
          )}
          <Text size="sm" className="tabular" role="status" data-testid="drafting-line">
            {draftingLine(job)}
          </Text>
          {job.error !== null && (
            <Text size="sm" c="var(--sm-danger)">
              {job.error.message} ({job.error.code})
            </Text>
          )}
          {job.failedCount > 0 && <Failures job={job} />}
        </>
      )}
      <Group gap="xs">
        {running ? (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            {t("Stop drafting")}
          </Button>
        ) : (
          <Button loading={start.isPending} onClick={() => start.mutate(undefined)}>
            {t("Draft what is missing")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Failures({ job }: { job: DraftingProgress }) {
  return (
    <details>
      <summary>
        <Text span size="sm">
          {t("{count} could not be described", { count: formatCount(job.failedCount) })}
        </Text>
      </summary>
      <Stack gap={2} mt={4}>
        {job.failed.map(({ sku, message }) => (
          <Text key={sku} size="xs">
            {sku}: {message}
          </Text>
        ))}
      </Stack>
    </details>
  );
}
