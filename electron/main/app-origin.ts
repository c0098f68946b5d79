/** Where the app's own pages are: one origin, of a scheme that nothing outside the app can serve. */

export const APP_SCHEME = "app";
export const APP_HOST = "shelfmatch";
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** `null` for what is no address. (`URL.parse` and `URL.canParse` are not in every Electron that runs this.) */
export function parseAddress(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/** The dev server of `npm run dev`; null otherwise. A packaged app takes no page from an address in the environment. */
export function devServer(packaged: boolean, env: Readonly<Record<string, string | undefined>>): string | null {
  const given = packaged ? null : parseAddress(env.ELECTRON_RENDERER_URL ?? "");
  if (given === null) return null;
  return given.hostname === "localhost" || given.hostname === "127.0.0.1" ? given.origin : null;
}

/** `null` for an address that is none, or that has no host. Node gives custom schemes the origin "null". */
function originOf(address: string): string | null {
  const parsed = parseAddress(address);
  return parsed === null || parsed.host === "" ? null : `${parsed.protocol}//${parsed.host}`;
}

/** Whether an address is one of the app's own pages. @param dev origin of the dev server */
export function isOwnPage(address: string, dev: string | null): boolean {
  const origin = originOf(address);
  return origin !== null && (origin === APP_ORIGIN || origin === dev);
}
