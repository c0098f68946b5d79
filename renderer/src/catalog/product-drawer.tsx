import { Drawer, Skeleton, Stack, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { DeleteProduct } from "./delete-product.tsx";
import { NewProduct } from "./new-product.tsx";
import { ProductEditor } from "./product-editor.tsx";

const ProductHistory = lazy(() =>
  import("./product-history.tsx").then((module) => ({ default: module.ProductHistory })),
);
const SimilarProducts = lazy(() =>
  import("./similar-products.tsx").then((module) => ({ default: module.SimilarProducts })),
);

interface Props {
  /** SKU of the product to show; null where none is open. */
  sku: string | null;
  /** What of it is shown; null for its details. */
  tab: string | null;
  adding: boolean;
  onTab: (tab: string | undefined) => void;
  onClose: () => void;
  onAdded: (sku: string) => void;
}

export function ProductDrawer({ sku, tab, adding, onTab, onClose, onAdded }: Props) {
  return (
    <Drawer
      opened={sku !== null || adding}
      onClose={onClose}
      position="right"
      size={540}
      title={adding ? t("Add a product") : t("Product")}
      closeButtonProps={{ "aria-label": t("Close") }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      {adding && <NewProduct onAdded={onAdded} onCancel={onClose} />}
      {!adding && sku !== null && <OpenProduct key={sku} sku={sku} tab={tab} onTab={onTab} onClose={onClose} />}
    </Drawer>
  );
}

const Waiting = () => (
  <Stack>
    <Skeleton height={110} />
    <Skeleton height={36} />
    <Skeleton height={36} />
    <Skeleton height={120} />
  </Stack>
);

function OpenProduct({ sku, tab, onTab, onClose }: { sku: string } & Pick<Props, "tab" | "onTab" | "onClose">) {
  const product = useQuery(
    api.catalog.get.queryOptions({
      input: { sku },
      refetchInterval: ({ state }) => (state.data?.indexState === "pending" ? 1_500 : false),
    }),
  );
  if (product.isPending) return <Waiting />;
  if (product.isError) return <ProblemNote problem={toProblem(product.error)} onRetry={() => void product.refetch()} />;
  const shown = tab === "history" || tab === "similar" ? tab : "details";
  return (
    <Tabs
      value={shown}
      onChange={(next) => onTab(next === "details" ? undefined : (next ?? undefined))}
      keepMounted={false}
    >
      <Tabs.List mb="sm">
        <Tabs.Tab value="details">{t("Details")}</Tabs.Tab>
        <Tabs.Tab value="history">{t("History")}</Tabs.Tab>
        <Tabs.Tab value="similar">{t("Similar ones")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="details">
        <ProductEditor product={product.data} />
        <DeleteProduct product={product.data} onDeleted={onClose} />
      </Tabs.Panel>
      <Suspense fallback={<Waiting />}>
        <Tabs.Panel value="history">
          <ProductHistory sku={sku} />
        </Tabs.Panel>
        <Tabs.Panel value="similar">
          <SimilarProducts sku={sku} />
        </Tabs.Panel>
      </Suspense>
    </Tabs>
  );
}
