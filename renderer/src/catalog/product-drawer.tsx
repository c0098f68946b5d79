import { Drawer, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { DeleteProduct } from "./delete-product.tsx";
import { NewProduct } from "./new-product.tsx";
import { ProductEditor } from "./product-editor.tsx";

interface Props {
  /** SKU of the product to show; null where none is open. */
  sku: string | null;
  adding: boolean;
  onClose: () => void;
  onAdded: (sku: string) => void;
}

export function ProductDrawer({ sku, adding, onClose, onAdded }: Props) {
  return (
    <Drawer
      opened={sku !== null || adding}
      onClose={onClose}
      position="right"
      size={520}
      title={adding ? "Add a product" : "Product"}
      closeButtonProps={{ "aria-label": "Close" }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      {adding && <NewProduct onAdded={onAdded} onCancel={onClose} />}
      {!adding && sku !== null && <OpenProduct key={sku} sku={sku} onClose={onClose} />}
    </Drawer>
  );
}

function OpenProduct({ sku, onClose }: { sku: string; onClose: () => void }) {
  const product = useQuery(
    api.catalog.get.queryOptions({
      input: { sku },
      refetchInterval: ({ state }) => (state.data?.indexState === "pending" ? 1_500 : false),
    }),
  );
  if (product.isPending) {
    return (
      <Stack>
        <Skeleton height={110} />
        <Skeleton height={36} />
        <Skeleton height={36} />
        <Skeleton height={120} />
      </Stack>
    );
  }
  if (product.isError) return <ProblemNote problem={toProblem(product.error)} onRetry={() => void product.refetch()} />;
  return (
    <>
      <ProductEditor product={product.data} />
      <DeleteProduct product={product.data} onDeleted={onClose} />
    </>
  );
}
