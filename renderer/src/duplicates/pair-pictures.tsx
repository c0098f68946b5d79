import { IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import type { Likeness } from "../../../shared/contract/duplicates.ts";
import { pictureUrl } from "../lib/client.ts";
import { containedIn, type Rect, type Size } from "../lib/contained.ts";
import { linesBetween } from "../lib/matched-points.ts";
import classes from "./duplicates.module.css";

/** Of each of the two frames, in pixels; as the style sheet has it. */
const FRAME: Size = { width: 168, height: 150 };

/** Both products' pictures, with the points in which they agree. */
export function PairPictures({ pair }: { pair: Likeness }) {
  const [sizes, setSizes] = useState<readonly (Size | null)[]>([null, null]);
  const rectOf = (at: number): Rect | null => {
    const size = sizes[at];
    if (size === null || size === undefined) return null;
    const rect = containedIn(FRAME, size);
    return { ...rect, x: rect.x + at * FRAME.width };
  };
  const [left, right] = [rectOf(0), rectOf(1)];
  const lines = left === null || right === null ? [] : linesBetween(pair.points, left, right);
  return (
    <div className={classes.pictures}>
      {pair.products.map(({ sku, name, picture }, at) => (
        <div key={sku} className={classes.frame}>
          {picture === null ? (
            <IconPhotoOff size={20} stroke={1.5} aria-hidden />
          ) : (
            <img
              src={pictureUrl(picture, "thumbnail")}
              alt={name}
              loading="lazy"
              decoding="async"
              onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
                const size = { width: naturalWidth, height: naturalHeight };
                setSizes((now) => now.map((one, index) => (index === at ? size : one)));
              }}
            />
          )}
        </div>
      ))}
      <svg className={classes.overlay} width={2 * FRAME.width} height={FRAME.height} aria-hidden>
        {lines.map((line) => (
          <line key={line.key} x1={line.x1} y1={line.y1} x2={line.x2} y2={line.y2} />
        ))}
      </svg>
    </div>
  );
}
