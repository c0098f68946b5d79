import { Button } from "@mantine/core";
import { IconBoxOff, IconPackageImport, IconSearchOff } from "@tabler/icons-react";
import { EmptyState } from "../lib/empty-state.tsx";

interface Props {
  filtered: boolean;
  onClear: () => void;
  onImport: () => void;
  onSample: () => void;
  onAdd: () => void;
}

export function NoProducts({ filtered, onClear, onImport, onSample, onAdd }: Props) {
  if (filtered) {
    return (
      <EmptyState
        icon={IconSearchOff}
        title="No product fits"
        actions={
          <Button variant="default" onClick={onClear}>
            Clear search and filters
          </Button>
        }
      >
        Try fewer words, or take a filter away.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconBoxOff}
      title="The catalogue is empty"
      actions={
        <>
          <Button leftSection={<IconPackageImport size={16} />} onClick={onImport}>
            Import products
          </Button>
          <Button variant="default" onClick={onSample}>
            Try the sample
          </Button>
          <Button variant="default" onClick={onAdd}>
            Add one by hand
          </Button>
        </>
      }
    >
      Import a list with pictures, or add products by hand. The sample has 54 products and photos to try.
    </EmptyState>
  );
}
