import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Product } from "../../../shared/contract/domain.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";

/** The products that this one is a variant of; a match says so where it can't tell them apart. */
export function ProductVariants({ product }: { product: Product }) {
  const queries = useQueryClient();
  const group = useQuery(api.duplicates.group.queryOptions({ input: { sku: product.sku } }));
  const apart = useMutation(
    api.duplicates.apart.mutationOptions({
      onSuccess: async () => {
        await Promise.all([
          queries.invalidateQueries({ queryKey: api.catalog.key() }),
          queries.invalidateQueries({ queryKey: api.duplicates.key() }),
        ]);
      },
    }),
  );
  const others = (group.data ?? []).filter(({ sku }) => sku !== product.sku);
  if (others.length === 0) return null;
  return (
    <section aria-label={t("Variants")}>
      <Group justify="space-between" mt="sm" wrap="nowrap" align="flex-start">
        <Text size="sm">
          {t("Variant of")}{" "}
          {others.map(({ sku, name }, at) => (
            <span key={sku}>
              {at > 0 && ", "}
              <Link href={`/catalogue?product=${encodeURIComponent(sku)}`}>{name}</Link>
            </span>
          ))}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          loading={apart.isPending}
          onClick={() => apart.mutate({ sku: product.sku })}
        >
          {t("Not a variant")}
        </Button>
      </Group>
      {apart.error !== null && <ProblemNote problem={toProblem(apart.error)} />}
    </section>
  );
}
