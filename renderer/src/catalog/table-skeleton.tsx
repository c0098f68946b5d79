import { Skeleton, Stack } from "@mantine/core";
import { t } from "../lib/i18n/i18n.ts";

const ROWS = ["a", "b", "c", "d", "e", "f", "g", "h"];

export function TableSkeleton() {
  return (
    <Stack gap={10} role="status" aria-label={t("Loading the products")}>
      {ROWS.map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  );
}
