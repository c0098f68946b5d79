import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { formatPercent } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";

/** The nearest other products, by the vectors that matching goes by. */
export function SimilarProducts({ sku }: { sku: string }) {
  const similar = useQuery(api.catalog.similar.queryOptions({ input: { sku, top: 20 } }));
  if (similar.isPending) {
    return (
      <Stack>
        <Skeleton height={52} />
        <Skeleton height={52} />
        <Skeleton height={52} />
      </Stack>
    );
  }
  if (similar.isError) return <ProblemNote problem={toProblem(similar.error)} onRetry={() => void similar.refetch()} />;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {similar.data[0]?.by === "text"
          ? t("Nearest by their words: this product has no picture.")
          : t("Nearest by their pictures. The likest come first.")}
      </Text>
      {similar.data.length === 0 && <Text size="sm">{t("There is none: the product is not indexed yet.")}</Text>}
      <Stack gap={4} component="ol" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("Similar ones")}>
        {similar.data.map(({ product, similarity }) => (
          <Group key={product.sku} component="li" wrap="nowrap" gap="sm" py={4}>
            <Thumbnail hash={product.pictures[0]?.hash ?? null} size={44} />
            <div style={{ flex: 1, minWidth: 0 }}>
              <Link href={`/catalogue?product=${encodeURIComponent(product.sku)}`}>{product.name}</Link>
              <Text size="xs" c="dimmed" truncate>
                {[product.sku, product.brand, product.category].filter((one) => one !== "").join(" · ")}
              </Text>
            </div>
            <Text size="sm" className="tabular" title={t("Cosine of the embeddings")}>
              {formatPercent(Math.max(0, similarity))}
            </Text>
          </Group>
        ))}
      </Stack>
      <Button
        component={Link}
        href={`/catalogue/duplicates?product=${encodeURIComponent(sku)}`}
        variant="default"
        leftSection={<IconCopy size={16} stroke={1.7} />}
      >
        {t("Find duplicates of this")}
      </Button>
    </Stack>
  );
}
