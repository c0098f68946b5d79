import { IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import { pictureUrl } from "./client.ts";
import { t } from "./i18n/i18n.ts";
import classes from "./thumbnail.module.css";

interface Props {
  hash: string | null;
  /** Side in pixels. */
  size: number;
  /** Empty where the name stands beside it. */
  alt?: string;
}

export function Thumbnail({ hash, size, alt = "" }: Props) {
  const [broken, setBroken] = useState<string | null>(null);
  const style = { width: size, height: size };
  if (hash === null || broken === hash) {
    return (
      <span className={classes.frame} style={style} role="img" aria-label={alt === "" ? t("No picture") : alt}>
        <IconPhotoOff size={Math.min(20, size * 0.45)} stroke={1.5} />
      </span>
    );
  }
  return (
    <img
      className={classes.frame}
      style={style}
      src={pictureUrl(hash, "thumbnail")}
      alt={alt}
      loading="lazy"
      decoding="async"
      onError={() => setBroken(hash)}
    />
  );
}
