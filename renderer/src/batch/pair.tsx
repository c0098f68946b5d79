import { useElementSize } from "@mantine/hooks";
import { IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import type { Candidate, MatchResult } from "../../../shared/contract/match.ts";
import { pictureUrl } from "../lib/client.ts";
import { containedIn, type Rect, type Size } from "../lib/contained.ts";
import { t } from "../lib/i18n/i18n.ts";
import { linesBetween } from "../lib/matched-points.ts";
import classes from "./pair.module.css";

interface Props {
  file: string;
  /** The photo whole, then small in a form that every browser shows; none of one that can't be read. */
  photos: readonly string[];
  result: MatchResult | null;
  candidate: Candidate | null;
}

const INSET = 6;
const placed = (rect: Rect, x: number): Rect => ({ ...rect, x: rect.x + x, y: rect.y + INSET });

/** The photo beside the catalogue's picture, with the points in which they agree. */
export function Pair({ file, photos, result, candidate }: Props) {
  const { ref, width, height } = useElementSize();
  const [broken, setBroken] = useState<readonly string[]>([]);
  const [natural, setNatural] = useState<{ hash: string; size: Size } | null>(null);
  const shown = photos.find((url) => !broken.includes(url));
  const picture = candidate?.picture ?? null;
  const half = { width: width / 2 - 2 * INSET, height: height - 2 * INSET };
  const left = result?.picture == null ? null : placed(containedIn(half, result.picture), INSET);
  const right =
    natural !== null && natural.hash === picture ? placed(containedIn(half, natural.size), width / 2 + INSET) : null;
  const points = candidate?.points ?? [];
  const lines = left === null || right === null ? [] : linesBetween(points, left, right);
  return (
    <figure className={classes.pair} ref={ref} aria-label={t("The photo beside the best match")}>
      <div className={classes.half}>
        {shown === undefined ? (
          <Missing text={t("The photo can't be shown")} />
        ) : (
          <img
            key={shown}
            src={shown}
            alt={file}
            draggable={false}
            onError={() => setBroken((before) => [...before, shown])}
          />
        )}
        <figcaption className={classes.caption}>{t("Photo")}</figcaption>
      </div>
      <div className={classes.half}>
        {picture === null || broken.includes(picture) ? (
          <Missing text={candidate === null ? t("No match") : t("No picture in the catalogue")} />
        ) : (
          <img
            key={picture}
            src={pictureUrl(picture, "full")}
            alt={candidate?.name ?? ""}
            draggable={false}
            onError={() => setBroken((before) => [...before, picture])}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setNatural({ hash: picture, size: { width: naturalWidth, height: naturalHeight } })
            }
          />
        )}
        <figcaption className={classes.caption}>
          {result?.verdict === "none" ? t("Nearest in the catalogue") : t("Catalogue")}
        </figcaption>
      </div>
      <svg className={classes.overlay} width={width} height={height} aria-hidden>
        {lines.map(({ key, x1, y1, x2, y2 }) => (
          <g key={key}>
            <line className={classes.line} x1={x1} y1={y1} x2={x2} y2={y2} />
            <circle className={classes.dot} cx={x1} cy={y1} r={2.5} />
            <circle className={classes.dot} cx={x2} cy={y2} r={2.5} />
          </g>
        ))}
      </svg>
    </figure>
  );
}

function Missing({ text }: { text: string }) {
  return (
    <div className={classes.missing}>
      <IconPhotoOff size={24} stroke={1.4} aria-hidden />
      <span>{text}</span>
    </div>
  );
}
