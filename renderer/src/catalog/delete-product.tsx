import { Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { Product } from "../../../shared/contract/domain.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { deleteKeeping, restore } from "./restore.ts";

/** Offers to take it back for as long as the note stays. */
const UNDO_MS = 10_000;

export function DeleteProduct({ product, onDeleted }: { product: Product; onDeleted: () => void }) {
  const [asked, ask] = useDisclosure(false);
  const remove = useMutation({
    mutationFn: () => deleteKeeping(product),
    onSuccess: (kept) => {
      ask.close();
      onDeleted();
      const id = notifications.show({
        title: `${product.name} is deleted`,
        message: (
          <Button
            size="compact-sm"
            variant="default"
            mt={4}
            onClick={() => {
              notifications.hide(id);
              restore(kept).catch((error: unknown) => {
                const problem = toProblem(error);
                notifications.show({ title: problem.code, message: problem.message, color: "red" });
              });
            }}
          >
            Undo
          </Button>
        ),
        color: "slate",
        autoClose: UNDO_MS,
      });
    },
  });
  const count = product.pictures.length;
  return (
    <>
      <Button
        mt="xl"
        variant="subtle"
        color="red"
        size="compact-sm"
        leftSection={<IconTrash size={14} />}
        onClick={ask.open}
      >
        Delete this product
      </Button>
      <Modal
        opened={asked}
        onClose={ask.close}
        title="Delete this product?"
        centered
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Text size="sm">
          {product.name} ({product.sku}) and its {count === 1 ? "picture" : `${count} pictures`} leave the catalogue. It
          is no longer recognised.
        </Text>
        {remove.error !== null && <ProblemNote problem={toProblem(remove.error)} onRetry={() => remove.mutate()} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={ask.close} data-autofocus>
            Keep it
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete
          </Button>
        </Group>
      </Modal>
    </>
  );
}
