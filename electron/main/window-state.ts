import { z } from "zod";

const rectangle = { x: z.number().int(), y: z.number().int(), width: z.number().int(), height: z.number().int() };

/** Where the window was, and whether it filled the screen. */
export const windowStateSchema = z.strictObject({
  bounds: z.strictObject(rectangle).nullable().default(null),
  maximized: z.boolean().default(false),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const SMALLEST = { width: 800, height: 560 };
const USUAL = { width: 1280, height: 840 };
/** So much of the title bar has to be on a screen for a window to be got hold of. */
const HANDLE = 100;

function reachable({ x, y, width }: Rectangle, area: Rectangle): boolean {
  const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return across >= HANDLE && y >= area.y && y <= area.y + area.height - HANDLE;
}

/**
 * Bounds for the window on the screens that are there now: as they were, where it could be got hold of; otherwise in
 * the middle of the first screen, no larger than that.
 * @param areas work areas of the screens, the first one first; in device-independent pixels
 */
export function fitBounds(kept: Rectangle | null, areas: readonly Rectangle[]): Rectangle {
  const [first = { x: 0, y: 0, ...USUAL }] = areas;
  const home = kept === null ? undefined : areas.find((area) => reachable(kept, area));
  const area = home ?? first;
  const width = Math.max(Math.min(kept?.width ?? USUAL.width, area.width), Math.min(SMALLEST.width, area.width));
  const height = Math.max(Math.min(kept?.height ?? USUAL.height, area.height), Math.min(SMALLEST.height, area.height));
  if (kept !== null && home !== undefined) return { x: kept.x, y: kept.y, width, height };
  return {
    x: area.x + Math.round((area.width - width) / 2),
    y: area.y + Math.round((area.height - height) / 2),
    width,
    height,
  };
}
