import { Anchor, Button, Drawer, NumberInput, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { client } from "../lib/client.ts";
import { Confirm } from "../lib/confirm.tsx";
import { formatBytes, formatCount, formatPercent, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import classes from "./run-detail.module.css";

const DAY_MS = 86_400_000;

/** What the journal holds and takes, and what is removed of it. */
export function StorageDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={440}
      title={t("What the journal keeps")}
      closeButtonProps={{ "aria-label": t("Close") }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      {opened && <Storage />}
    </Drawer>
  );
}

function Storage() {
  const queries = useQueryClient();
  const usage = useQuery(api.journal.usage.queryOptions());
  const [days, setDays] = useState<string | number>(30);
  const purge = useMutation({
    mutationFn: (before: string | null) => client.journal.purge(before === null ? {} : { before }),
    onSuccess: ({ lines, runs, photos }) => {
      notifications.show({
        message: t("Removed: {lines} lines, {runs} runs, {photos} photos.", {
          ...{ lines: formatCount(lines), runs: formatCount(runs), photos: formatCount(photos) },
        }),
      });
      void queries.invalidateQueries({ queryKey: api.journal.key() });
    },
  });
  if (usage.isPending) return <Skeleton height={180} />;
  if (usage.isError) {
    return <ProblemNote problem={toProblem(usage.error)} onRetry={() => void usage.refetch()} />;
  }
  const { lines, runs, oldest, newest, bytes, photos, photoBytes, indexed } = usage.data;
  const asked = Math.max(0, Math.round(Number(days) || 0));
  return (
    <div className={classes.detail}>
      <dl className={classes.facts}>
        <Fact name={t("Lines")}>{formatCount(lines)}</Fact>
        <Fact name={t("Runs")}>{formatCount(runs)}</Fact>
        <Fact name={t("On disk")}>{formatBytes(bytes)}</Fact>
        <Fact name={t("Photos")}>
          {formatCount(photos)}, {formatBytes(photoBytes)}
        </Fact>
        {oldest !== null && <Fact name={t("Oldest line")}>{formatTime(oldest)}</Fact>}
        {newest !== null && <Fact name={t("Newest line")}>{formatTime(newest)}</Fact>}
        {indexed < 1 && <Fact name={t("Index")}>{formatPercent(indexed)}</Fact>}
      </dl>
      <p className={classes.note}>
        {t("How long and how much is kept stands under Settings; what is beyond it goes once an hour.")}{" "}
        <Anchor component={Link} href="/settings" size="sm" underline="always">
          {t("Open the settings")}
        </Anchor>
      </p>
      <div>
        <Confirm
          label={t("Tidy up now")}
          title={t("Remove what the settings no longer keep?")}
          confirm={t("Remove")}
          keep={t("Cancel")}
          onConfirm={() => purge.mutate(null)}
        >
          {t("Lines and runs beyond the settings' days and sizes go now. They can't be brought back.")}
        </Confirm>
      </div>
      <NumberInput
        label={t("Remove all that is older than so many days")}
        min={0}
        allowDecimal={false}
        value={days}
        onChange={setDays}
      />
      <div>
        <Confirm
          label={t("Remove older entries")}
          disabled={purge.isPending || days === ""}
          title={t(
            "{days, plural, =0 {Remove everything?} one {Remove all that is older than a day?} other {Remove all that is older than # days?}}",
            { days: asked },
          )}
          confirm={t("Remove")}
          keep={t("Cancel")}
          onConfirm={() => purge.mutate(new Date(Date.now() - asked * DAY_MS).toISOString())}
        >
          {t(
            "Lines, runs with what was said of them, and kept photos. They can't be brought back: export the lines first where they may be needed.",
          )}
        </Confirm>
      </div>
      {purge.isError && (
        <ProblemNote problem={toProblem(purge.error)}>
          <Button size="compact-sm" variant="default" onClick={() => purge.reset()}>
            {t("Close")}
          </Button>
        </ProblemNote>
      )}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
