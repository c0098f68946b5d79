import { Badge, Button, Loader } from "@mantine/core";
import { IconWriting } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { draftsStatusQuery, isRunning } from "./drafts-queries.ts";

/** Leads to the drafted descriptions, and says how many wait. */
export function DraftsButton({ onOpen }: { onOpen: () => void }) {
  const { data } = useQuery(draftsStatusQuery);
  const waiting = data?.waiting ?? 0;
  return (
    <Button
      variant="default"
      leftSection={<IconWriting size={16} stroke={1.7} />}
      rightSection={
        isRunning(data?.job?.state) ? (
          <Loader size={12} aria-label={t("being drafted")} />
        ) : waiting > 0 ? (
          <Badge
            size="sm"
            variant="filled"
            className="tabular"
            aria-label={t("{count} to review", { count: formatCount(waiting) })}
          >
            {formatCount(waiting)}
          </Badge>
        ) : null
      }
      onClick={onOpen}
    >
      {t("Draft descriptions")}
    </Button>
  );
}
