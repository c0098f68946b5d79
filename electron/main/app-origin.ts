/** Where the app's own pages are: one origin, of a scheme that nothing outside the app can serve. */

export const APP_SCHEME = "app";
export const APP_HOST = "shelfmatch";
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** The dev server of `npm run dev`; null otherwise. A packaged app takes no page from an address in the environment. */
export function devServer(packaged: boolean, env: Readonly<Record<string, string | undefined>>): string | null {
  const given = env.ELECTRON_RENDERER_URL;
  if (packaged || given === undefined || !URL.canParse(given)) return null;
  const { hostname, origin } = new URL(given);
  return hostname === "localhost" || hostname === "127.0.0.1" ? origin : null;
}

/** `null` for an address that is none, or that has no origin. Node gives custom schemes the origin "null". */
function originOf(address: string): string | null {
  try {
    const { protocol, host } = new URL(address);
    return host === "" ? null : `${protocol}//${host}`;
  } catch {
    return null;
  }
}

/** Whether an address is one of the app's own pages. @param dev origin of the dev server */
export function isOwnPage(address: string, dev: string | null): boolean {
  const origin = originOf(address);
  return origin !== null && (origin === APP_ORIGIN || origin === dev);
}
