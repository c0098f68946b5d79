import "react-image-crop/dist/ReactCrop.css";
import { Button, Group, Modal, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type PercentCrop, ReactCrop } from "react-image-crop";
import type { PictureRef, Product } from "../../../shared/contract/domain.ts";
import { pictureUrl } from "../lib/client.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { cropWords } from "./crop-words.ts";

interface Props {
  sku: string;
  picture: PictureRef;
  onClose: () => void;
  onSaved: (product: Product) => Promise<void>;
}

const AT_FIRST: PercentCrop = { unit: "%", x: 10, y: 10, width: 80, height: 80 };
/** Percent of a side, below which nothing is meant. */
const LEAST = 2;

const share = (percent: number) => Math.min(1, Math.max(0, percent / 100));

/** Marks the part of a picture that stays; the engine cuts it out, and the whole one can be had back from the history. */
export function CropDialog({ sku, picture, onClose, onSaved }: Props) {
  const [crop, setCrop] = useState<PercentCrop>(AT_FIRST);
  const [broken, setBroken] = useState(false);
  const save = useMutation(
    api.catalog.cropPicture.mutationOptions({
      onSuccess: async (saved) => {
        onClose();
        await onSaved(saved);
      },
    }),
  );
  const region = { x: share(crop.x), y: share(crop.y), width: share(crop.width), height: share(crop.height) };
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      size="xl"
      title={t("Crop the picture")}
      closeButtonProps={{ "aria-label": t("Close") }}
    >
      <div style={{ display: "flex", justifyContent: "center" }}>
        {broken ? (
          <Text size="sm" py="xl">
            {t("The browser can't show this picture, so that it can't be cropped here.")}
          </Text>
        ) : (
          <ReactCrop crop={crop} onChange={(_, percent) => setCrop(percent)} keepSelection ariaLabels={cropWords()}>
            <img
              src={pictureUrl(picture.hash, "full")}
              width={picture.width}
              height={picture.height}
              alt={t("The whole picture")}
              style={{ maxWidth: "100%", maxHeight: "60vh", width: "auto", height: "auto", display: "block" }}
              onError={() => setBroken(true)}
            />
          </ReactCrop>
        )}
      </div>
      <Text size="sm" c="dimmed" mt="sm">
        {t("{width} × {height} pixels stay. The arrow keys move the frame and its edges.", {
          width: Math.round(region.width * picture.width),
          height: Math.round(region.height * picture.height),
        })}
      </Text>
      {save.error !== null && <ProblemNote problem={toProblem(save.error)} />}
      <Group justify="flex-end" mt="sm">
        <Button variant="default" onClick={onClose}>
          {t("Cancel")}
        </Button>
        <Button
          loading={save.isPending}
          disabled={broken || crop.width < LEAST || crop.height < LEAST}
          onClick={() => save.mutate({ sku, hash: picture.hash, region })}
        >
          {t("Crop")}
        </Button>
      </Group>
    </Modal>
  );
}
