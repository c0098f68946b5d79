import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { Product } from "../../../shared/contract/domain.ts";
import { client } from "../lib/client.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, queryClient } from "../lib/queries.ts";

/** Offers to take it back for as long as the note stays; the bin does so for longer. */
const UNDO_MS = 10_000;

async function refreshCatalogue(): Promise<void> {
  for (const queryKey of [api.catalog.list.key(), api.bin.key(), api.system.health.key()]) {
    await queryClient.invalidateQueries({ queryKey });
  }
}

async function restore(bin: string): Promise<void> {
  const { refused } = await client.bin.restore({ ids: [bin] });
  await refreshCatalogue();
  const [refusal] = refused;
  if (refusal !== undefined) notifications.show({ title: refusal.code, message: refusal.message, color: "red" });
}

/** Deletes at once: it can be taken back. */
export function DeleteProduct({ product, onDeleted }: { product: Product; onDeleted: () => void }) {
  const remove = useMutation({
    mutationFn: () => client.catalog.delete({ sku: product.sku }),
    onSuccess: async ({ bin }) => {
      // Not asked for again while its drawer still closes: it is gone.
      await queryClient.invalidateQueries({
        queryKey: api.catalog.get.key({ input: { sku: product.sku } }),
        refetchType: "none",
      });
      onDeleted();
      const id = notifications.show({
        title: t("{name} is deleted", { name: product.name }),
        message: (
          <Button
            size="compact-sm"
            variant="default"
            mt={4}
            onClick={() => {
              notifications.hide(id);
              restore(bin).catch((error: unknown) => {
                const problem = toProblem(error);
                notifications.show({ title: problem.code, message: problem.message, color: "red" });
              });
            }}
          >
            {t("Undo")}
          </Button>
        ),
        color: "slate",
        autoClose: UNDO_MS,
      });
      await refreshCatalogue();
    },
  });
  return (
    <>
      {remove.error !== null && <ProblemNote problem={toProblem(remove.error)} onRetry={() => remove.mutate()} />}
      <Button
        mt="xl"
        variant="subtle"
        color="red"
        size="compact-sm"
        loading={remove.isPending}
        leftSection={<IconTrash size={14} />}
        onClick={() => remove.mutate()}
      >
        {t("Delete this product")}
      </Button>
    </>
  );
}
