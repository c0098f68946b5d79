import { Button, FileInput } from "@mantine/core";
import { IconPhotoPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { api } from "../lib/queries.ts";
import { fieldsOf } from "./draft.ts";
import { ProductForm } from "./product-form.tsx";

interface Props {
  onAdded: (sku: string) => void;
  onCancel: () => void;
}

const EMPTY = fieldsOf(null);

export function NewProduct({ onAdded, onCancel }: Props) {
  const [pictures, setPictures] = useState<File[]>([]);
  const queries = useQueryClient();
  const create = useMutation(
    api.catalog.create.mutationOptions({
      onSuccess: async (product) => {
        await queries.invalidateQueries({ queryKey: api.catalog.key() });
        await queries.invalidateQueries({ queryKey: api.system.health.key() });
        onAdded(product.sku);
      },
    }),
  );
  return (
    <>
      <FileInput
        mb="sm"
        label={t("Pictures")}
        description={t("Several views make it easier to recognise")}
        placeholder={t("Choose pictures")}
        leftSection={<IconPhotoPlus size={16} />}
        multiple
        clearable
        accept="image/*,.heic,.heif,.tif,.tiff,.avif"
        value={pictures}
        onChange={setPictures}
        clearButtonProps={{ "aria-label": t("Take the pictures away") }}
      />
      <ProductForm
        initial={EMPTY}
        fixedSku={false}
        saving={create.isPending}
        problem={create.error === null ? null : toProblem(create.error)}
        submitLabel={t("Add")}
        onSubmit={(draft) => create.mutate({ ...draft, pictures })}
        actions={
          <Button variant="default" onClick={onCancel}>
            {t("Cancel")}
          </Button>
        }
      />
    </>
  );
}
