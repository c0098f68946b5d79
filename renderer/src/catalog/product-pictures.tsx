import { ActionIcon, FileButton, Text, UnstyledButton } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import type { PictureOrigin, Product } from "../../../shared/contract/domain.ts";
import { formatTime } from "../lib/format.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import classes from "./product-pictures.module.css";

const SIDE = 92;

/** Tells a photo that somebody confirmed from the shop's own pictures, and leads to its run. */
function Confirmed({ origin: { runId, time } }: { origin: PictureOrigin }) {
  return (
    <Link
      href={`/journal?tab=runs&detail=${encodeURIComponent(runId)}`}
      className={classes.confirmed ?? ""}
      title={`A photo whose answer was confirmed on ${formatTime(time)}. Shows its run.`}
    >
      Confirmed
    </Link>
  );
}

/** A product's pictures, each change saved at once. */
export function ProductPictures({ product }: { product: Product }) {
  const queries = useQueryClient();
  const onSuccess = async (saved: Product) => {
    queries.setQueryData(api.catalog.get.queryKey({ input: { sku: saved.sku } }), saved);
    await queries.invalidateQueries({ queryKey: api.catalog.list.key() });
  };
  const add = useMutation(api.catalog.addPicture.mutationOptions({ onSuccess }));
  const remove = useMutation(api.catalog.removePicture.mutationOptions({ onSuccess }));
  const error = add.error ?? remove.error;

  const addAll = async (files: File[]) => {
    remove.reset();
    for (const picture of files) {
      try {
        await add.mutateAsync({ sku: product.sku, picture });
      } catch {
        // Shown below; the pictures after a bad one still go in only on another try.
        return;
      }
    }
  };

  return (
    <section aria-label="Pictures">
      <ul className={classes.pictures}>
        {product.pictures.map((picture, index) => (
          <li key={picture.hash} className={classes.picture}>
            <Thumbnail hash={picture.hash} size={SIDE} alt={`Picture ${index + 1} of ${product.name}`} />
            {picture.origin !== undefined && <Confirmed origin={picture.origin} />}
            <ActionIcon
              className={classes.remove ?? ""}
              variant="default"
              size="sm"
              aria-label={`Take picture ${index + 1} away`}
              loading={remove.isPending && remove.variables?.hash === picture.hash}
              onClick={() => {
                add.reset();
                remove.mutate({ sku: product.sku, hash: picture.hash });
              }}
            >
              <IconTrash size={13} />
            </ActionIcon>
          </li>
        ))}
        <li>
          <FileButton multiple accept="image/*,.heic,.heif,.tif,.tiff,.avif" onChange={(files) => void addAll(files)}>
            {(props) => (
              <UnstyledButton {...props} className={classes.add ?? ""} disabled={add.isPending}>
                <IconPlus size={18} aria-hidden />
                {add.isPending ? "Adding…" : "Add a picture"}
              </UnstyledButton>
            )}
          </FileButton>
        </li>
      </ul>
      {product.pictures.length === 0 && (
        <Text size="sm" c="dimmed" mt={6}>
          Without a picture it can be found by its words and barcode only.
        </Text>
      )}
      {error !== null && (
        <div className={classes.problem}>
          <ProblemNote problem={toProblem(error)} />
        </div>
      )}
    </section>
  );
}
