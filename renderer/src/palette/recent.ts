import { z } from "zod";

/** What was used last, kept by this browser: of a command its id, of a product what is shown of it too. */

const usedSchema = z.object({
  id: z.string().min(1),
  product: z.object({ sku: z.string(), name: z.string(), hash: z.string().nullable() }).optional(),
});
export type Used = z.infer<typeof usedSchema>;

const KEY = "shelfmatch-palette";
const KEPT = 12;

/** The last first; empty where storage is blocked or holds something else. */
export function lastUsed(): Used[] {
  try {
    return z.array(usedSchema).parse(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
  } catch {
    return [];
  }
}

/** The list with this in front, each once. */
export function withUsed(list: readonly Used[], used: Used): Used[] {
  return [used, ...list.filter(({ id }) => id !== used.id)].slice(0, KEPT);
}

export function remember(used: Used): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(withUsed(lastUsed(), used)));
  } catch {
    // Storage is blocked: the palette works without.
  }
}
