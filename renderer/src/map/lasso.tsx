import { type PointerEvent, useState } from "react";
import classes from "./map-page.module.css";
import type { Point } from "./view.ts";

/** Pixels that the pointer goes before it makes another corner. */
const STRIDE = 4;

/** An outline drawn over the map. @param props.onDone gets its corners in pixels of the frame */
export function Lasso({ onDone }: { onDone: (outline: Point[]) => void }) {
  const [outline, setOutline] = useState<Point[]>([]);
  const at = (event: PointerEvent<SVGSVGElement>): Point => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  return (
    <svg
      className={classes.lasso}
      aria-hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setOutline([at(event)]);
      }}
      onPointerMove={(event) => {
        const last = outline.at(-1);
        if (last === undefined) return;
        const next = at(event);
        if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= STRIDE) setOutline([...outline, next]);
      }}
      onPointerUp={() => {
        onDone(outline);
        setOutline([]);
      }}
      onPointerCancel={() => setOutline([])}
    >
      <polygon points={outline.map((corner) => corner.join(",")).join(" ")} />
    </svg>
  );
}
