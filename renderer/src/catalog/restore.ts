import { type Product, productDraftSchema } from "../../../shared/contract/domain.ts";
import { client } from "../lib/client.ts";
import { api, queryClient } from "../lib/queries.ts";

/** A deleted product with its pictures, held by the page until the offer to undo has gone. */
export interface Kept {
  product: Product;
  pictures: File[];
}

async function refreshCatalogue(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: api.catalog.list.key() });
  await queryClient.invalidateQueries({ queryKey: api.system.health.key() });
}

/** Takes the pictures first: nothing is deleted that could not be put back. */
export async function deleteKeeping(product: Product): Promise<Kept> {
  const pictures: File[] = [];
  for (const { hash } of product.pictures) pictures.push(await client.catalog.picture({ hash, size: "full" }));
  await client.catalog.delete({ sku: product.sku });
  // Not asked for again while its drawer still closes: it is gone.
  await queryClient.invalidateQueries({
    queryKey: api.catalog.get.key({ input: { sku: product.sku } }),
    refetchType: "none",
  });
  await refreshCatalogue();
  return { product, pictures };
}

export async function restore({ product, pictures }: Kept): Promise<void> {
  await client.catalog.create({ ...productDraftSchema.parse(product), pictures });
  await refreshCatalogue();
}
