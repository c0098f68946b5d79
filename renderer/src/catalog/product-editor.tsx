import { Button, Divider, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Product, ProductDraft } from "../../../shared/contract/domain.ts";
import { formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
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
  // What the form was filled with: a save over what somebody else has changed since is refused.
  const [known, setKnown] = useState(product);
  const keep = async (saved: Product) => {
    queries.setQueryData(api.catalog.get.queryKey({ input: { sku: saved.sku } }), saved);
    await queries.invalidateQueries({ queryKey: api.catalog.list.key() });
    await queries.invalidateQueries({ queryKey: api.history.key() });
  };
  const update = useMutation(
    api.catalog.update.mutationOptions({
      onSuccess: async (saved) => {
        setKnown(saved);
        await keep(saved);
        notifications.show({ message: t("{name} is saved.", { name: saved.name }), color: "pine" });
      },
    }),
  );
  const reindex = useMutation(api.catalog.reindex.mutationOptions({ onSuccess: keep }));
  const problem = update.error === null ? null : toProblem(update.error);
  const conflict = problem?.code === "PRODUCT_CHANGED";
  // Pictures are saved by themselves, and make the product a newer one whose fields are the same.
  const sameFields = JSON.stringify(fieldsOf(product)) === JSON.stringify(fieldsOf(known));
  const expected = (sameFields ? product : known).updatedAt;
  return (
    <>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {t("Changed {time}", { time: formatTime(product.updatedAt) })}
        </Text>
        <Group gap="xs" wrap="nowrap">
          <IndexStateBadge state={product.indexState} reason={product.indexReason} />
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={reindex.isPending}
            onClick={() => reindex.mutate({ sku: product.sku })}
          >
            {t("Index anew")}
          </Button>
        </Group>
      </Group>
      {product.indexReason !== null && (
        <Text size="sm" mb="sm" role="alert" c="var(--sm-danger)">
          {product.indexReason}
        </Text>
      )}
      <ProductPictures product={product} />
      <ProductVariants product={product} />
      <Divider my="md" />
      <ProductForm
        key={known.updatedAt}
        initial={fieldsOf(known)}
        fixedSku
        saving={update.isPending}
        problem={problem}
        submitLabel={t("Save")}
        onSubmit={(draft) => update.mutate({ ...changesOf(known, draft), expected })}
        actions={
          conflict && (
            <Button
              variant="default"
              onClick={() => {
                update.reset();
                void queries
                  .fetchQuery({ ...api.catalog.get.queryOptions({ input: { sku: product.sku } }), staleTime: 0 })
                  .then(setKnown);
              }}
            >
              {t("Show what it says now")}
            </Button>
          )
        }
      />
    </>
  );
}
