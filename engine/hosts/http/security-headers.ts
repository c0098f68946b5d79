/** Response headers that bound what a page, or a file that we serve, can do in a browser. */

const COMMON: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy":
    "camera=(self), clipboard-read=(self), clipboard-write=(self), microphone=(), geolocation=(), usb=()",
};

const BASE = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** The component library writes style elements and attributes: styles alone may be inline. */
const PAGE = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob: mediastream:; font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; manifest-src 'self'; ${BASE}`;
const DOCS = `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; ${BASE}`;
/** Data is never a document: a picture opened by itself runs nothing. */
const DATA = `default-src 'none'; sandbox; ${BASE}`;

function policyFor(path: string): string {
  if (path.startsWith("/api/docs")) return DOCS;
  if (path.startsWith("/api/") || path.startsWith("/rpc/") || path === "/metrics" || path === "/healthz") return DATA;
  return PAGE;
}

export function secure(headers: Headers, path: string): void {
  for (const [name, value] of Object.entries(COMMON)) headers.set(name, value);
  headers.set("content-security-policy", policyFor(path));
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
