import { Button } from "@mantine/core";
import { IconBug } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";

interface State {
  error: Error | null;
}

/** A mistake of ours in one page leaves the others usable. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <EmptyState
        icon={IconBug}
        title={t("This page stopped working")}
        actions={<Button onClick={() => location.reload()}>{t("Load it again")}</Button>}
      >
        {error.message}. {t("The other pages still work.")}
      </EmptyState>
    );
  }
}
