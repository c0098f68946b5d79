import { Badge } from "@mantine/core";
import type { Run } from "../../../shared/contract/journal.ts";
import { t } from "../lib/i18n/i18n.ts";
import { VERDICT_COLOR, verdictLabel } from "../lib/verdict.ts";

export function VerdictBadge({ run }: { run: Run }) {
  const { verdict, error } = run;
  if (verdict === null) {
    return (
      <Badge variant="light" color="red" tt="none" fw={550}>
        {error?.code ?? t("Failed")}
      </Badge>
    );
  }
  return (
    <Badge variant="light" color={VERDICT_COLOR[verdict]} tt="none" fw={550}>
      {verdictLabel(verdict)}
    </Badge>
  );
}
