import { Button } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "wouter";
import { EmptyState } from "../lib/empty-state.tsx";

export function NotFound() {
  return (
    <EmptyState
      icon={IconMapQuestion}
      title="There is no such page"
      actions={
        <Button component={Link} href="/">
          Go to Match
        </Button>
      }
    >
      The address may be old or mistyped.
    </EmptyState>
  );
}
