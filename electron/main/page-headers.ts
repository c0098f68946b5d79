/** Headers of everything under app://: they bound what a page can do, whatever gets into it. */

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The component library writes its theme and computed layouts as style elements and attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob: mediastream:",
  "font-src 'self'",
  "connect-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join("; ");

/** Data is never a document: a picture opened by itself runs nothing. */
const DATA_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

const COMMON = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy":
    "camera=(self), clipboard-write=(self), clipboard-read=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), display-capture=(), fullscreen=()",
} as const;

export function pageHeaders(kind: "page" | "data"): Record<string, string> {
  return { ...COMMON, "content-security-policy": kind === "page" ? POLICY : DATA_POLICY };
}
