import { Deck, OrthographicView } from "@deck.gl/core";
import { ScatterplotLayer } from "@deck.gl/layers";
import { useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { Lasso } from "./lasso.tsx";
import classes from "./map-page.module.css";
import { held, moved, type Point, toFrame, toPlane, type View, wholeOf } from "./view.ts";

interface Props {
  /** float32 [points, 2] on the plane. */
  positions: Float32Array;
  /** uint8 [points, 4]. */
  pixels: Uint8Array;
  /** Points that are ringed. */
  marked: readonly number[];
  /** Where the photo lies that is asked about. */
  photo: Point | null;
  /** To be brought into the middle when it changes. */
  centre: Point | null;
  drawing: boolean;
  label: string;
  onHover: (at: number | null) => void;
  onPick: (at: number) => void;
  onOutline: (outline: Point[]) => void;
  onBroken: (reason: string) => void;
  /** What stands beside the point under the pointer. */
  card: ReactNode;
}

/** Pixels of a point's radius, by how many there are. */
const radiusOf = (count: number) => (count <= 500 ? 6 : count <= 5_000 ? 4 : count <= 30_000 ? 2.5 : 1.8);
const PICKING_PIXELS = 6;
const CARD = { width: 260, height: 110 };

/** The points, drawn by WebGL: dragged, zoomed, picked and outlined; by keys as well. */
export function Plane(props: Props) {
  const { positions, pixels, marked, photo, centre, drawing, label, card } = props;
  const { ref: frameRef, width, height } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const deck = useRef<Deck<OrthographicView> | null>(null);
  const [chosen, setChosen] = useState<View | null>(null);
  const [pointer, setPointer] = useState<Point | null>(null);
  const frame = { width, height };
  const view = chosen ?? wholeOf(frame);
  const ready = width > 0 && height > 0;
  const onBroken = useEffectEvent(props.onBroken);

  useEffect(() => {
    if (canvas.current === null) return;
    const made = new Deck({
      canvas: canvas.current,
      views: new OrthographicView({ flipY: false }),
      viewState: { target: [0, 0], zoom: 0 },
      controller: true,
      pickingRadius: PICKING_PIXELS,
      onError: (error) => onBroken(error.message),
    });
    deck.current = made;
    return () => {
      deck.current = null;
      made.finalize();
    };
  }, []);

  useEffect(() => {
    if (centre === null || !ready) return;
    setChosen((now) => held({ target: [...centre], zoom: (now ?? wholeOf(frame)).zoom }, frame));
  }, [centre, ready]);

  useEffect(() => {
    if (!ready) return;
    const count = positions.length / 2;
    const radius = radiusOf(count);
    deck.current?.setProps({
      width,
      height,
      viewState: { target: [...view.target, 0], zoom: view.zoom },
      controller: { doubleClickZoom: true, keyboard: false, dragPan: !drawing, inertia: false },
      onViewStateChange: ({ viewState }) => {
        const [x = 0, y = 0] = viewState.target ?? [];
        const zoom = typeof viewState.zoom === "number" ? viewState.zoom : (viewState.zoom?.[0] ?? 0);
        setChosen(held({ target: [x, y], zoom }, { width, height }));
      },
      onHover: ({ index, x, y }) => {
        props.onHover(index < 0 ? null : index);
        setPointer(index < 0 ? null : [x, y]);
      },
      onClick: ({ index }) => {
        if (index >= 0) props.onPick(index);
      },
      getCursor: ({ isDragging, isHovering }) => (isDragging ? "grabbing" : isHovering ? "pointer" : "grab"),
      layers: [
        new ScatterplotLayer({
          id: "products",
          data: {
            length: count,
            attributes: {
              getPosition: { value: positions, size: 2 },
              getFillColor: { value: pixels, size: 4, normalized: true },
            },
          },
          radiusUnits: "pixels",
          getRadius: radius,
          pickable: !drawing,
        }),
        new ScatterplotLayer<number>({
          id: "marked",
          data: [...marked],
          getPosition: (at) => [positions[at * 2] ?? 0, positions[at * 2 + 1] ?? 0],
          radiusUnits: "pixels",
          getRadius: radius + 3,
          filled: false,
          stroked: true,
          lineWidthUnits: "pixels",
          getLineWidth: 2,
          getLineColor: [217, 119, 6, 255],
          updateTriggers: { getPosition: positions },
        }),
      ],
    });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(view, event.key, frame);
    if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setChosen(next);
  };
  const [photoX, photoY] = photo === null ? [0, 0] : toFrame(photo, view, frame);

  return (
    <div
      ref={frameRef}
      className={classes.plane}
      role="application"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys reach it
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} className={classes.canvas} data-zoom={view.zoom.toFixed(2)} />
      {drawing && ready && (
        <Lasso onDone={(outline) => props.onOutline(outline.map((corner) => toPlane(corner, view, frame)))} />
      )}
      {photo !== null && ready && (
        <span className={classes.photo} style={{ left: photoX, top: photoY }} aria-hidden data-photo />
      )}
      {pointer !== null && card !== null && (
        <div
          className={classes.card}
          style={{
            left: Math.min(pointer[0] + 14, Math.max(0, width - CARD.width)),
            top: pointer[1] > height - CARD.height - 14 ? pointer[1] - CARD.height : pointer[1] + 14,
          }}
        >
          {card}
        </div>
      )}
      <div className={classes.zoom}>
        <ZoomButton name={t("Closer")} sign="+" onClick={() => setChosen(moved(view, "+", frame))} />
        <ZoomButton name={t("Farther")} sign="−" onClick={() => setChosen(moved(view, "-", frame))} />
        <ZoomButton name={t("The whole map")} sign="⤢" onClick={() => setChosen(null)} />
      </div>
    </div>
  );
}

function ZoomButton({ name, sign, onClick }: { name: string; sign: string; onClick: () => void }) {
  return (
    <button type="button" className={classes.zoomButton} aria-label={name} title={name} onClick={onClick}>
      {sign}
    </button>
  );
}
