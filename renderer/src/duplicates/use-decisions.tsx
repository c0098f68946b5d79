import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { client } from "../lib/client.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";

/** Offers to take a decision back for as long as the note stays; the list of decisions does so later. */
const UNDO_MS = 10_000;

export async function refresh(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: api.duplicates.key() }),
    queryClient.invalidateQueries({ queryKey: api.catalog.key() }),
  ]);
}

/** Does it, shows what was done with a way back, and reads the lists anew; a failure is shown in the same place. */
async function decide(work: () => Promise<{ title: string; undo: () => Promise<unknown> }>): Promise<void> {
  try {
    const { title, undo } = await work();
    const id = notifications.show({
      title,
      message: (
        <Button
          size="compact-sm"
          variant="default"
          mt={4}
          onClick={() => {
            notifications.hide(id);
            void attempt(undo);
          }}
        >
          {t("Undo")}
        </Button>
      ),
      color: "pine",
      autoClose: UNDO_MS,
    });
  } catch (error) {
    showProblem(error);
  }
  await refresh();
}

function showProblem(error: unknown): void {
  const problem = toProblem(error);
  notifications.show({ title: problem.code, message: problem.message, color: "red" });
}

export async function attempt(work: () => Promise<unknown>): Promise<void> {
  await work().catch(showProblem);
  await refresh();
}

type Named = { sku: string; name: string };

export const mergeInto = (into: Named, from: Named) =>
  decide(async () => {
    const { decision } = await client.duplicates.merge({ into: into.sku, from: from.sku });
    return {
      title: t("{from} is part of {into} now", { from: from.name, into: into.name }),
      undo: () => client.duplicates.undo({ id: decision }),
    };
  });

export const markVariants = (products: readonly Named[]) =>
  decide(async () => {
    const [first, second] = products;
    await client.duplicates.variants({ skus: products.map(({ sku }) => sku) });
    return {
      title: t("{first} and {second} are variants", { first: first?.name ?? "", second: second?.name ?? "" }),
      undo: () => client.duplicates.apart({ sku: second?.sku ?? "" }),
    };
  });

export const markDistinct = (products: readonly Named[]) =>
  decide(async () => {
    const { decision } = await client.duplicates.distinct({ skus: products.map(({ sku }) => sku) });
    return { title: t("Noted: not the same"), undo: () => client.duplicates.undo({ id: decision }) };
  });
