import { Button } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "wouter";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";

export function NotFound() {
  return (
    <EmptyState
      icon={IconMapQuestion}
      title={t("There is no such page")}
      actions={
        <Button component={Link} href="/">
          {t("Go to Match")}
        </Button>
      }
    >
      {t("The address may be old or mistyped.")}
    </EmptyState>
  );
}
