export type ParamChanges = Record<string, string | readonly string[] | undefined>;

/**
 * What the pages filter by lives in the address, so that a view can be linked, reloaded and gone back to.
 * Empty values leave it.
 */
export function changedParams(params: URLSearchParams, changes: ParamChanges): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [key, value] of Object.entries(changes)) {
    next.delete(key);
    const values = typeof value === "string" ? [value] : (value ?? []);
    for (const one of values) if (one !== "") next.append(key, one);
  }
  return next;
}
