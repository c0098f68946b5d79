import { Skeleton, Stack } from "@mantine/core";
import { t } from "../lib/i18n/i18n.ts";

const ROWS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

export function ListSkeleton() {
  return (
    <Stack gap={8} role="status" aria-label={t("Loading")}>
      {ROWS.map((row) => (
        <Skeleton key={row} height={26} />
      ))}
    </Stack>
  );
}
