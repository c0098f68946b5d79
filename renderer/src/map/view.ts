/** Where the plane lies in its frame. The plane's coordinates are -1..1, y upwards; the frame's are pixels, y downwards. */

export interface View {
  /** Of the plane, in the middle of the frame. */
  target: [number, number];
  /** Pixels a unit of the plane, as a power of two. */
  zoom: number;
}

export type Point = readonly [number, number];

interface Frame {
  width: number;
  height: number;
}

const MARGIN = 0.92;
const CLOSEST = 5;
const FARTHEST = -1;

/** All of the plane, in the middle. */
export function wholeOf({ width, height }: Frame): View {
  return { target: [0, 0], zoom: Math.log2(Math.max(1, (Math.min(width, height) / 2) * MARGIN)) };
}

export function toPlane([x, y]: Point, { target, zoom }: View, { width, height }: Frame): Point {
  const scale = 2 ** zoom;
  return [target[0] + (x - width / 2) / scale, target[1] - (y - height / 2) / scale];
}

export function toFrame([x, y]: Point, { target, zoom }: View, { width, height }: Frame): Point {
  const scale = 2 ** zoom;
  return [width / 2 + (x - target[0]) * scale, height / 2 - (y - target[1]) * scale];
}

/** Not farther than the whole, not closer than points are apart. */
export function held(view: View, frame: Frame): View {
  const whole = wholeOf(frame).zoom;
  const within = (value: number) => Math.min(1.2, Math.max(-1.2, value));
  return {
    target: [within(view.target[0]), within(view.target[1])],
    zoom: Math.min(whole + CLOSEST + 3, Math.max(whole + FARTHEST, view.zoom)),
  };
}

const STEP = 0.15;

/** What a key does to the view; null where it does nothing. */
export function moved(view: View, key: string, frame: Frame): View | null {
  const step = (STEP * Math.min(frame.width, frame.height)) / 2 ** view.zoom;
  const [x, y] = view.target;
  const next: Record<string, View> = {
    ArrowLeft: { ...view, target: [x - step, y] },
    ArrowRight: { ...view, target: [x + step, y] },
    ArrowUp: { ...view, target: [x, y + step] },
    ArrowDown: { ...view, target: [x, y - step] },
    "+": { ...view, zoom: view.zoom + 0.5 },
    "=": { ...view, zoom: view.zoom + 0.5 },
    "-": { ...view, zoom: view.zoom - 0.5 },
    "0": wholeOf(frame),
  };
  const found = next[key];
  return found === undefined ? null : held(found, frame);
}
