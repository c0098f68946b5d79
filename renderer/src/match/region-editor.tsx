import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import type { Region } from "../../../shared/contract/domain.ts";
import { t } from "../lib/i18n/i18n.ts";
import { boxBetween, type Corner, moved, type Point, resized } from "./region.ts";
import classes from "./region-editor.module.css";
import stage from "./stage.module.css";

interface Props {
  /** Where the picture lies in its frame, in pixels. */
  place: { left: number; top: number; width: number; height: number };
  region: Region | null;
  /** Told once the hand lets go, or a moment after the last key. */
  onChange: (region: Region | null) => void;
}

type Grip = { kind: "draw" } | { kind: "move"; box: Region } | { kind: "resize"; box: Region; corner: Corner };

const CORNERS: readonly Corner[] = ["nw", "ne", "sw", "se"];
const KEY_STEP = 0.02;
const KEY_SETTLE_MS = 350;
const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-KEY_STEP, 0],
  ArrowRight: [KEY_STEP, 0],
  ArrowUp: [0, -KEY_STEP],
  ArrowDown: [0, KEY_STEP],
};

/** The box around the product: drawn, moved and resized with mouse, finger or keys; Delete removes it. */
export function RegionEditor({ place, region, onChange }: Props) {
  const surface = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLButtonElement>(null);
  const grip = useRef<{ from: Point; what: Grip } | null>(null);
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** What is shown while the hand has not let go; undefined: what the question says. */
  const [draft, setDraft] = useState<Region | null | undefined>(undefined);
  const shown = draft === undefined ? region : draft;
  const hadRegion = useRef(region !== null);

  useEffect(() => () => clearTimeout(settle.current), []);
  useEffect(() => {
    // A box made with the button or a key is meant to be adjusted next.
    if (region !== null && !hadRegion.current) box.current?.focus({ preventScroll: true });
    hadRegion.current = region !== null;
  }, [region]);

  const at = (event: PointerEvent): Point => {
    const bounds = surface.current?.getBoundingClientRect();
    if (bounds === undefined) return { x: 0, y: 0 };
    return { x: (event.clientX - bounds.left) / bounds.width, y: (event.clientY - bounds.top) / bounds.height };
  };
  const take = (event: PointerEvent, what: Grip) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    surface.current?.setPointerCapture(event.pointerId);
    grip.current = { from: at(event), what };
  };
  const pulled = (event: PointerEvent): Region | null => {
    if (grip.current === null) return region;
    const { from, what } = grip.current;
    const to = at(event);
    if (what.kind === "draw") return boxBetween(from, to);
    if (what.kind === "move") return moved(what.box, to.x - from.x, to.y - from.y);
    return resized(what.box, what.corner, to.x - from.x, to.y - from.y);
  };
  const release = (event: PointerEvent) => {
    if (grip.current === null) return;
    const next = pulled(event);
    const drawing = grip.current.what.kind === "draw";
    grip.current = null;
    setDraft(undefined);
    // A click beside the box is no new box, and no order to remove the old one.
    if (next !== null || !drawing) onChange(next);
  };
  const onKey = (event: KeyboardEvent) => {
    if (shown === null) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      clearTimeout(settle.current);
      setDraft(undefined);
      onChange(null);
      return;
    }
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = event.shiftKey ? resized(shown, "se", ...step) : moved(shown, ...step);
    setDraft(next);
    clearTimeout(settle.current);
    settle.current = setTimeout(() => {
      setDraft(undefined);
      onChange(next);
    }, KEY_SETTLE_MS);
  };

  return (
    <div
      ref={surface}
      className={stage.surface}
      style={place}
      data-testid="region-surface"
      onPointerDown={(event) => take(event, { kind: "draw" })}
      onPointerMove={(event) => grip.current !== null && setDraft(pulled(event))}
      onPointerUp={release}
      onPointerCancel={() => {
        grip.current = null;
        setDraft(undefined);
      }}
    >
      {shown !== null && (
        <button
          type="button"
          ref={box}
          className={classes.box}
          style={{
            left: `${shown.x * 100}%`,
            top: `${shown.y * 100}%`,
            width: `${shown.width * 100}%`,
            height: `${shown.height * 100}%`,
          }}
          aria-label={t("Part that is matched. Arrow keys move it, Shift and arrow keys resize it, Delete removes it.")}
          onPointerDown={(event) => take(event, { kind: "move", box: shown })}
          onKeyDown={onKey}
        >
          {CORNERS.map((corner) => (
            <span
              key={corner}
              className={classes.corner}
              data-corner={corner}
              onPointerDown={(event) => take(event, { kind: "resize", box: shown, corner })}
            />
          ))}
        </button>
      )}
    </div>
  );
}
