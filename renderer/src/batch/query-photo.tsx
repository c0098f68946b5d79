import { IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./item-list.module.css";

interface Props {
  url: string;
  /** Side in pixels. */
  size: number;
  /** Whether there is a picture that can be shown. */
  loaded: boolean;
}

/** A photo of the batch, small. */
export function QueryPhoto({ url, size, loaded }: Props) {
  const [broken, setBroken] = useState<string | null>(null);
  const style = { width: size, height: size };
  if (!loaded || broken === url) {
    return (
      <span className={classes.photo} style={style} role="img" aria-label={t("No picture")}>
        <IconPhotoOff size={18} stroke={1.5} />
      </span>
    );
  }
  return (
    <img
      className={classes.photo}
      style={style}
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => setBroken(url)}
    />
  );
}
