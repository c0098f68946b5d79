import { Button } from "@mantine/core";
import { IconBoxOff, IconPackageImport, IconSearchOff } from "@tabler/icons-react";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";

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
        title={t("No product fits")}
        actions={
          <Button variant="default" onClick={onClear}>
            {t("Clear search and filters")}
          </Button>
        }
      >
        {t("Try fewer words, or take a filter away.")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconBoxOff}
      title={t("The catalogue is empty")}
      actions={
        <>
          <Button leftSection={<IconPackageImport size={16} />} onClick={onImport}>
            {t("Import products")}
          </Button>
          <Button variant="default" onClick={onSample}>
            {t("Try the sample")}
          </Button>
          <Button variant="default" onClick={onAdd}>
            {t("Add one by hand")}
          </Button>
        </>
      }
    >
      {t("Import a list with pictures, or add products by hand. The sample has 54 products and photos to try.")}
    </EmptyState>
  );
}
