import { Button } from "@mantine/core";
import { IconPackageImport, IconPhotoSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { healthQuery } from "../lib/queries.ts";

/** Before the first question; with an empty catalogue there is something to do first. */
export function NoAnswerYet() {
  const { data } = useQuery(healthQuery);
  if (data?.products?.total === 0) {
    return (
      <EmptyState
        icon={IconPackageImport}
        title={t("The catalogue is empty")}
        actions={
          <Button component={Link} href="/catalogue?import=1">
            {t("Import products")}
          </Button>
        }
      >
        {t(
          "Shelfmatch recognises the products of your catalogue. Import a list with pictures first, or add a product by hand.",
        )}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconPhotoSearch} title={t("The answer appears here")}>
      {t(
        "Show a product on the left. You get its name, category and price, how sure Shelfmatch is, and why: or that it is not in the catalogue.",
      )}
    </EmptyState>
  );
}
