/**
 * What travels over a port: a message of oRPC as it encodes it (text, or bytes where a file is inside), or the number of
 * messages that the page has taken since it last said so. Whoever relays them looks at none.
 *
 * Bytes are cloned, never transferred: transferred buffers arrive empty in Electron (electron/electron#34905).
 */
export type PortData = string | Uint8Array<ArrayBuffer> | ArrayBuffer | number;

export function isPortData(data: unknown): data is PortData {
  return (
    typeof data === "string" || typeof data === "number" || data instanceof Uint8Array || data instanceof ArrayBuffer
  );
}

/** Answers and events that may be on their way to a page: ports have no back-pressure of their own. */
export const WINDOW = 256;
/** So often the page says what it has taken. */
export const ACKNOWLEDGE_EVERY = 64;
/** Largest message of a page, in bytes: four pictures at the default limit, and some. */
export const MAX_MESSAGE_BYTES = 288 * 1024 * 1024;
