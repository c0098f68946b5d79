import { Modal } from "@mantine/core";
import { ImportProgressView } from "./import-progress.tsx";
import { ImportSource } from "./import-source.tsx";
import { useImport } from "./import-store.ts";

/** Closing it does not stop the import: the navigation keeps showing it. */
export function ImportDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { progress, uploading, problem } = useImport();
  const fresh = progress === null && !uploading && problem === null;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Import products"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {fresh ? <ImportSource /> : <ImportProgressView onClose={onClose} />}
    </Modal>
  );
}
