import { Button } from "@mantine/core";
import { IconArrowBackUp, IconPhotoPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { t } from "../lib/i18n/i18n.ts";
import { api } from "../lib/queries.ts";
import classes from "./feedback-bar.module.css";
import { addPhoto, type Judged, takePhotoOff, useFeedback } from "./feedback-store.ts";

interface Props {
  judged: Judged;
  /** The product that the photo shows, as was confirmed. */
  sku: string;
}

/** Whether a confirmed photo becomes a further picture of its product: never without being told. */
export function PhotoOffer({ judged, sku }: Props) {
  const moving = useFeedback((state) => state.moving);
  const settings = useQuery(api.system.settings.queryOptions());
  const product = useQuery(api.catalog.get.queryOptions({ input: { sku } }));
  if (settings.data === undefined || product.data === undefined) return null;
  const added = product.data.pictures.find((picture) => picture.origin?.runId === judged.runId);
  if (added !== undefined) {
    return (
      <span className={classes.offer}>
        {t("The photo is one of its pictures now.")}
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconArrowBackUp size={14} />}
          loading={moving}
          onClick={() => void takePhotoOff(sku, added.hash)}
        >
          {t("Take it off")}
        </Button>
      </span>
    );
  }
  if (settings.data.config.learn.confirmedPhotos === "never") return null;
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPhotoPlus size={14} stroke={1.8} />}
      title={t("Photos like this one then find {name} more easily.", { name: product.data.name })}
      loading={moving}
      onClick={() => void addPhoto(judged, sku)}
    >
      {t("Add this photo to its pictures")}
    </Button>
  );
}
