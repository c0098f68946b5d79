import { Badge, Loader, Tooltip } from "@mantine/core";
import type { IndexState } from "../../../shared/contract/domain.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

export const STATES: Record<IndexState, { label: Message; color: string; help: Message }> = {
  indexed: { label: msg("Ready"), color: "pine", help: msg("It can be recognised.") },
  pending: { label: msg("Indexing"), color: "slate", help: msg("It can be recognised in a moment.") },
  failed: { label: msg("Failed"), color: "red", help: msg("It could not be indexed.") },
};

export function IndexStateBadge({ state, reason }: { state: IndexState; reason: string | null }) {
  const { label, color, help } = STATES[state];
  return (
    <Tooltip label={reason ?? t(help)} multiline maw={320} openDelay={200}>
      <Badge
        variant="light"
        color={color}
        tt="none"
        fw={550}
        leftSection={state === "pending" ? <Loader size={10} color="currentColor" aria-hidden /> : null}
      >
        {t(label)}
      </Badge>
    </Tooltip>
  );
}
