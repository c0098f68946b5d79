import { Button, Drawer, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Decision } from "../../../shared/contract/duplicates.ts";
import { client } from "../lib/client.ts";
import { formatTime } from "../lib/format.ts";
import { api } from "../lib/queries.ts";
import classes from "./duplicates.module.css";
import { attempt } from "./use-decisions.tsx";

function wordsOf(decision: Decision): string {
  if (decision.kind === "distinct") return `Not the same: ${decision.skus.join(", ")}`;
  return `${decision.from.name} (${decision.from.sku}) was merged into ${decision.into.sku}`;
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
      title="Decisions"
      closeButtonProps={{ "aria-label": "Close" }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      {all.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing was merged or told apart yet.
        </Text>
      ) : (
        <>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() => save(all)}
          >
            Save as a file
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
                  Undo
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Drawer>
  );
}
