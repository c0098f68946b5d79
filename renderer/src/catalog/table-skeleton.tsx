import { Skeleton, Stack } from "@mantine/core";

const ROWS = ["a", "b", "c", "d", "e", "f", "g", "h"];

export function TableSkeleton() {
  return (
    <Stack gap={10} role="status" aria-label="Loading the products">
      {ROWS.map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  );
}
