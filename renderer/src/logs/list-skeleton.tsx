import { Skeleton, Stack } from "@mantine/core";

const ROWS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

export function ListSkeleton() {
  return (
    <Stack gap={8} role="status" aria-label="Loading">
      {ROWS.map((row) => (
        <Skeleton key={row} height={26} />
      ))}
    </Stack>
  );
}
