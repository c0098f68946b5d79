import { Badge, Loader, Tooltip } from "@mantine/core";
import type { IndexState } from "../../../shared/contract/domain.ts";

const WORDS: Record<IndexState, { label: string; color: string; help: string }> = {
  indexed: { label: "Ready", color: "pine", help: "It can be recognised." },
  pending: { label: "Indexing", color: "slate", help: "It can be recognised in a moment." },
  failed: { label: "Failed", color: "red", help: "It could not be indexed." },
};

export function IndexStateBadge({ state, reason }: { state: IndexState; reason: string | null }) {
  const { label, color, help } = WORDS[state];
  return (
    <Tooltip label={reason ?? help} multiline maw={320} openDelay={200}>
      <Badge
        variant="light"
        color={color}
        tt="none"
        fw={550}
        leftSection={state === "pending" ? <Loader size={10} color="currentColor" aria-hidden /> : null}
      >
        {label}
      </Badge>
    </Tooltip>
  );
}
