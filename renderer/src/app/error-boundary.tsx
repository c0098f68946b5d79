import { Button } from "@mantine/core";
import { IconBug } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { EmptyState } from "../lib/empty-state.tsx";

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
        title="This page stopped working"
        actions={<Button onClick={() => location.reload()}>Load it again</Button>}
      >
        {error.message}. The other pages still work.
      </EmptyState>
    );
  }
}
