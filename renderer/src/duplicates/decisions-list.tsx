import { Button, Drawer, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Decision } from "../../../shared/contract/duplicates.ts";
import { client } from "../lib/client.ts";
import { formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { api } from "../lib/queries.ts";
import classes from "./duplicates.module.css";
import { attempt } from "./use-decisions.tsx";

function wordsOf(decision: Decision): string {
  if (decision.kind === "distinct") return t("Not the same: {skus}", { skus: decision.skus.join(", ") });
  const { from, into } = decision;
  return t("{name} ({sku}) was merged into {into}", { name: from.name, sku: from.sku, into: into.sku });
}

/** Everything that was decided, as a file: what a merge deleted is in it. */
function save(decisions: readonly Decision[]): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(decisions, null, 2)], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: "decisions.json" });
  link.click();
  URL.revokeObjectURL(url);
}

export function DecisionsList({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const decisions = useQuery(api.duplicates.decisions.queryOptions({ enabled: opened }));
  const all = decisions.data ?? [];
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={520}
      title={t("Decisions")}
      closeButtonProps={{ "aria-label": t("Close") }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      {all.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("Nothing was merged or told apart yet.")}
        </Text>
      ) : (
        <>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() => save(all)}
          >
            {t("Save as a file")}
          </Button>
          <ul className={classes.decisions}>
            {all.map((decision) => (
              <li key={decision.id}>
                <span>
                  {wordsOf(decision)}
                  <br />
                  <Text span size="xs" c="dimmed">
                    {formatTime(decision.time)}
                  </Text>
                </span>
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => void attempt(() => client.duplicates.undo({ id: decision.id }))}
                >
                  {t("Undo")}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Drawer>
  );
}
