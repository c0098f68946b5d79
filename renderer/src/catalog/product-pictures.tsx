import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { arrayMove, rectSortingStrategy, SortableContext, sortableKeyboardCoordinates } from "@dnd-kit/sortable";
import { FileButton, Text, UnstyledButton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { PictureRef, Product } from "../../../shared/contract/domain.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { ProductPicture } from "./product-picture.tsx";
import classes from "./product-pictures.module.css";

const CropDialog = lazy(() => import("./crop-dialog.tsx").then((module) => ({ default: module.CropDialog })));

const PICTURE_FILES = "image/*,.heic,.heif,.tif,.tiff,.avif";

const pictureFiles = (list: FileList | undefined) =>
  [...(list ?? [])].filter(({ type, name }) => type.startsWith("image/") || /\.(heic|heif|tiff?|avif)$/i.test(name));

/** A product's pictures, each change saved at once; the first is the main one. */
export function ProductPictures({ product }: { product: Product }) {
  const { sku, pictures } = product;
  const queries = useQueryClient();
  const [cropping, setCropping] = useState<PictureRef | null>(null);
  const [dropping, setDropping] = useState(false);
  const onSuccess = async (saved: Product) => {
    queries.setQueryData(api.catalog.get.queryKey({ input: { sku: saved.sku } }), saved);
    await queries.invalidateQueries({ queryKey: api.catalog.list.key() });
    await queries.invalidateQueries({ queryKey: api.history.key() });
  };
  const add = useMutation(api.catalog.addPicture.mutationOptions({ onSuccess }));
  const remove = useMutation(api.catalog.removePicture.mutationOptions({ onSuccess }));
  const replace = useMutation(api.catalog.replacePicture.mutationOptions({ onSuccess }));
  const arrange = useMutation(
    api.catalog.arrangePictures.mutationOptions({
      // Shown in its new order while it is saved.
      onMutate: ({ hashes }) =>
        queries.setQueryData(api.catalog.get.queryKey({ input: { sku } }), {
          ...product,
          pictures: hashes.flatMap((hash) => pictures.find((one) => one.hash === hash) ?? []),
        }),
      onSuccess,
      onError: () => queries.invalidateQueries({ queryKey: api.catalog.get.key({ input: { sku } }) }),
    }),
  );
  const all = [add, remove, replace, arrange];
  const error = all.find((one) => one.error !== null)?.error ?? null;
  const forget = () => {
    for (const one of all) one.reset();
  };

  const addAll = async (files: File[]) => {
    forget();
    for (const picture of files) {
      try {
        await add.mutateAsync({ sku, picture });
      } catch {
        // Shown below; the pictures after a bad one still go in only on another try.
        return;
      }
    }
  };
  const latest = useRef(addAll);
  latest.current = addAll;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = pictureFiles(event.clipboardData?.files);
      if (files.length === 0) return;
      event.preventDefault();
      void latest.current(files);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);

  const move = (hash: string, to: number) => {
    const from = pictures.findIndex((one) => one.hash === hash);
    if (from < 0 || to < 0 || to >= pictures.length || from === to) return;
    forget();
    const hashes = arrayMove(
      pictures.map((one) => one.hash),
      from,
      to,
    );
    arrange.mutate({ sku, hashes, expected: product.updatedAt });
  };
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    if (over !== null)
      move(
        String(active.id),
        pictures.findIndex(({ hash }) => hash === over.id),
      );
  };

  const placeOf = (id: string | number) => pictures.findIndex(({ hash }) => hash === id) + 1;
  const at = (over: { id: string | number } | null) => ({
    number: over === null ? 0 : placeOf(over.id),
    count: pictures.length,
  });
  const accessibility = {
    screenReaderInstructions: {
      draggable: t("Space picks the picture up, the arrow keys move it, Space puts it down."),
    },
    announcements: {
      onDragStart: ({ active }: { active: { id: string | number } }) =>
        t("Picture {number} is picked up.", { number: placeOf(active.id) }),
      onDragOver: ({ over }: Pick<DragEndEvent, "over">) => t("It is at place {number} of {count}.", at(over)),
      onDragEnd: ({ over }: Pick<DragEndEvent, "over">) => t("It is put down at place {number} of {count}.", at(over)),
      onDragCancel: () => t("It stays where it was."),
    },
  };

  return (
    <section
      aria-label={t("Pictures")}
      className={classes.section}
      data-dropping={dropping || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setDropping(false);
        void addAll(pictureFiles(event.dataTransfer.files));
      }}
    >
      <DndContext
        accessibility={accessibility}
        sensors={sensors}
        collisionDetection={closestCenter}
        onDragEnd={onDragEnd}
      >
        <SortableContext items={pictures.map(({ hash }) => hash)} strategy={rectSortingStrategy}>
          <ul className={classes.pictures}>
            {pictures.map((picture, index) => (
              <ProductPicture
                key={picture.hash}
                picture={picture}
                index={index}
                count={pictures.length}
                name={product.name}
                busy={
                  (remove.isPending && remove.variables?.hash === picture.hash) ||
                  (replace.isPending && replace.variables?.hash === picture.hash)
                }
                onRemove={() => {
                  forget();
                  remove.mutate({ sku, hash: picture.hash });
                }}
                onReplace={(file) => {
                  forget();
                  replace.mutate({ sku, hash: picture.hash, picture: file });
                }}
                onMain={() => move(picture.hash, 0)}
                onCrop={() => setCropping(picture)}
              />
            ))}
            <li>
              <FileButton multiple accept={PICTURE_FILES} onChange={(files) => void addAll(files)}>
                {(props) => (
                  <UnstyledButton {...props} className={classes.add ?? ""} disabled={add.isPending}>
                    <IconPlus size={18} aria-hidden />
                    {add.isPending ? t("Adding…") : t("Add a picture")}
                  </UnstyledButton>
                )}
              </FileButton>
            </li>
          </ul>
        </SortableContext>
      </DndContext>
      <Text size="xs" c="dimmed" mt={6}>
        {pictures.length === 0
          ? t("Without a picture it can be found by its words and barcode only.")
          : t("Drop or paste pictures here. Drag them into order: the first is the main one.")}
      </Text>
      {error !== null && (
        <div className={classes.problem}>
          <ProblemNote problem={toProblem(error)} />
        </div>
      )}
      {cropping !== null && (
        <Suspense fallback={null}>
          <CropDialog sku={sku} picture={cropping} onClose={() => setCropping(null)} onSaved={onSuccess} />
        </Suspense>
      )}
    </section>
  );
}
