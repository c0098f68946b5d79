import { Skeleton } from "@mantine/core";

export function PageSkeleton() {
  return (
    <div style={{ padding: 20 }} role="status" aria-label="Loading the page">
      <Skeleton height={22} width={140} mb={24} />
      <Skeleton height={320} />
    </div>
  );
}
