import { Divider, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Product, ProductDraft } from "../../../shared/contract/domain.ts";
import { formatTime } from "../lib/format.ts";
import { toProblem } from "../lib/problem.ts";
import { api } from "../lib/queries.ts";
import { fieldsOf } from "./draft.ts";
import { IndexStateBadge } from "./index-state.tsx";
import { ProductForm } from "./product-form.tsx";
import { ProductPictures } from "./product-pictures.tsx";
import { ProductVariants } from "./product-variants.tsx";

/** Only what differs is sent: another person may have changed the rest meanwhile. */
function changesOf(product: Product, draft: ProductDraft) {
  const { sku, ...after } = draft;
  const before: Record<string, unknown> = product;
  const differing = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value),
  );
  return { sku, ...Object.fromEntries(differing) };
}

export function ProductEditor({ product }: { product: Product }) {
  const queries = useQueryClient();
  const update = useMutation(
    api.catalog.update.mutationOptions({
      onSuccess: async (saved) => {
        queries.setQueryData(api.catalog.get.queryKey({ input: { sku: saved.sku } }), saved);
        await queries.invalidateQueries({ queryKey: api.catalog.list.key() });
        notifications.show({ message: `${saved.name} is saved.`, color: "pine" });
      },
    }),
  );
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text size="xs" c="dimmed">
          Changed {formatTime(product.updatedAt)}
        </Text>
        <IndexStateBadge state={product.indexState} reason={product.indexReason} />
      </Group>
      {product.indexReason !== null && (
        <Text size="sm" mb="sm">
          {product.indexReason}
        </Text>
      )}
      <ProductPictures product={product} />
      <ProductVariants product={product} />
      <Divider my="md" />
      <ProductForm
        initial={fieldsOf(product)}
        fixedSku
        saving={update.isPending}
        problem={update.error === null ? null : toProblem(update.error)}
        submitLabel="Save"
        onSubmit={(draft) => update.mutate(changesOf(product, draft))}
      />
    </>
  );
}
