import { z } from "zod";
import { create } from "zustand";
import { columnOf, SHOWN_AT_FIRST } from "./columns.ts";

/** Which columns are shown, in which order and how wide: kept by the browser, as it is about this screen. */

const KEY = "shelfmatch-catalogue-columns";
const NARROWEST = 60;
const WIDEST = 800;

const keptSchema = z.object({
  shown: z.array(z.string()),
  widths: z.record(z.string(), z.number().min(NARROWEST).max(WIDEST)),
});
type Kept = z.infer<typeof keptSchema>;

const first: Kept = { shown: SHOWN_AT_FIRST, widths: {} };

function read(): Kept {
  try {
    const kept = keptSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? ""));
    const shown = kept.shown.filter((id) => columnOf(id) !== undefined);
    return shown.includes("name") ? { ...kept, shown } : first;
  } catch {
    // Nothing kept yet, or by another version, or storage is blocked.
    return first;
  }
}

export const useColumns = create<Kept>()(read);

useColumns.subscribe(({ shown, widths }) => {
  try {
    localStorage.setItem(KEY, JSON.stringify({ shown, widths }));
  } catch {
    // Storage is blocked: it holds until the page is left.
  }
});

export const widthOf = (id: string, { widths }: Pick<Kept, "widths">): number =>
  widths[id] ?? columnOf(id)?.width ?? NARROWEST;

export function showColumn(id: string, wanted: boolean): void {
  useColumns.setState(({ shown }) => ({ shown: wanted ? [...shown, id] : shown.filter((one) => one !== id) }));
}

/** The product's name stays the first. */
export function moveColumn(id: string, by: -1 | 1): void {
  useColumns.setState(({ shown }) => {
    const at = shown.indexOf(id);
    const to = at + by;
    if (at < 1 || to < 1 || to >= shown.length) return {};
    const next = shown.filter((_, place) => place !== at);
    return { shown: [...next.slice(0, to), id, ...next.slice(to)] };
  });
}

export function resizeColumn(id: string, width: number): void {
  const clamped = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
  useColumns.setState(({ widths }) => ({ widths: { ...widths, [id]: clamped } }));
}

export function resetColumns(): void {
  useColumns.setState(first);
}
