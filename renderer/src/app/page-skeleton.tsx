import { Skeleton } from "@mantine/core";
import { t } from "../lib/i18n/i18n.ts";

export function PageSkeleton() {
  return (
    <div style={{ padding: 20 }} role="status" aria-label={t("Loading the page")}>
      <Skeleton height={22} width={140} mb={24} />
      <Skeleton height={320} />
    </div>
  );
}
