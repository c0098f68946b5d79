import { Switch, VisuallyHidden } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconLetterCase, IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import type { Region } from "../../../shared/contract/domain.ts";
import type { Candidate, MatchResult } from "../../../shared/contract/match.ts";
import { pictureUrl } from "../lib/client.ts";
import { containedIn, type Rect, type Size } from "../lib/contained.ts";
import { differingPlaces, shareDiffering } from "../lib/differing-places.ts";
import { formatPercent } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { linesBetween } from "../lib/matched-points.ts";
import classes from "./compare.module.css";
import type { Question } from "./question.ts";

interface Props {
  question: Question;
  result: MatchResult;
  candidate: Candidate;
}

const INSET = 6;

/** Query and catalogue picture side by side, with the points in which they agree. */
export function Compare({ question, result, candidate }: Props) {
  const { ref, width, height } = useElementSize();
  const [lines, setLines] = useState(true);
  const [differing, setDiffering] = useState(false);
  const [broken, setBroken] = useState<string | null>(null);
  const [natural, setNatural] = useState<{ hash: string; size: Size } | null>(null);
  const { photo, region } = question;
  const { picture } = candidate;

  const half = { width: width / 2 - 2 * INSET, height: height - 2 * INSET };
  const left: Rect | null = result.picture && placed(containedIn(half, result.picture), INSET);
  const right =
    natural !== null && natural.hash === picture ? placed(containedIn(half, natural.size), width / 2 + INSET) : null;
  const drawn = left !== null && right !== null && lines ? linesBetween(candidate.points, left, right) : [];

  const places =
    candidate.differences !== undefined && differing && left !== null && right !== null
      ? differingPlaces(candidate.differences, left, right)
      : [];

  return (
    <figure
      className={classes.compare}
      aria-label={t("Your picture beside the catalogue's picture of {name}", { name: candidate.name })}
    >
      <div className={classes.pictures} ref={ref}>
        <div className={classes.half}>
          {photo === null ? (
            <div className={classes.words}>
              <IconLetterCase size={24} stroke={1.4} aria-hidden />
              <q>{question.text}</q>
            </div>
          ) : broken === photo.url ? (
            <div className={classes.words}>
              <IconPhotoOff size={24} stroke={1.4} aria-hidden />
              <span>{photo.file.name}</span>
            </div>
          ) : (
            <img src={photo.url} alt={t("Yours")} draggable={false} onError={() => setBroken(photo.url)} />
          )}
          <figcaption className={classes.caption}>{photo === null ? t("Your words") : t("Your picture")}</figcaption>
        </div>
        <div className={classes.half}>
          {picture === null || broken === picture ? (
            <div className={classes.words}>
              <IconPhotoOff size={24} stroke={1.4} aria-hidden />
              <span>{t("No picture in the catalogue")}</span>
            </div>
          ) : (
            <img
              key={picture}
              src={pictureUrl(picture, "full")}
              alt={t("{name}, from the catalogue", { name: candidate.name })}
              draggable={false}
              onError={() => setBroken(picture)}
              onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
                setNatural({ hash: picture, size: { width: naturalWidth, height: naturalHeight } })
              }
            />
          )}
          <figcaption className={classes.caption}>
            {result.verdict === "none" ? t("Nearest in the catalogue") : t("Catalogue")}
          </figcaption>
        </div>
        <svg className={classes.overlay} width={width} height={height} aria-hidden data-testid="matched-points">
          {left !== null && region !== null && <rect className={classes.region} {...within(left, region)} />}
          {left !== null && lines && region === null && candidate.region !== undefined && (
            <rect className={classes.found} rx={3} data-testid="found-region" {...within(left, candidate.region)} />
          )}
          {places.map(({ key, percent, query, catalogue }) => (
            <g key={key} className={classes.differing} fillOpacity={percent / 160} data-testid="differing-place">
              <polygon points={query} />
              <polygon points={catalogue} />
            </g>
          ))}
          {drawn.map((line) => (
            <g key={line.key}>
              <line className={classes.line} x1={line.x1} y1={line.y1} x2={line.x2} y2={line.y2} />
              <circle className={classes.dot} cx={line.x1} cy={line.y1} r={2.5} />
              <circle className={classes.dot} cx={line.x2} cy={line.y2} r={2.5} />
            </g>
          ))}
        </svg>
      </div>
      {candidate.points.length > 0 && (
        <div className={classes.toggles}>
          {candidate.differences !== undefined && (
            <Switch
              size="xs"
              color="orange"
              label={t("Where they differ")}
              checked={differing}
              onChange={(event) => setDiffering(event.currentTarget.checked)}
            />
          )}
          <Switch
            size="xs"
            label={t("{count, plural, one {# point agrees} other {# points agree}}", {
              count: candidate.inliers ?? candidate.points.length,
            })}
            checked={lines}
            onChange={(event) => setLines(event.currentTarget.checked)}
          />
        </div>
      )}
      {differing && candidate.differences !== undefined && (
        <VisuallyHidden role="status">
          {t("{share} of what both show looks different", {
            share: formatPercent(shareDiffering(candidate.differences)),
          })}
        </VisuallyHidden>
      )}
    </figure>
  );
}

function placed(rect: Rect, x: number): Rect {
  return { ...rect, x: rect.x + x, y: rect.y + INSET };
}

/** A part of the picture, in pixels of the overlay. */
function within(picture: Rect, part: Region): Rect {
  return {
    x: picture.x + part.x * picture.width,
    y: picture.y + part.y * picture.height,
    width: part.width * picture.width,
    height: part.height * picture.height,
  };
}
