import type { Readable } from "node:stream";

/** Text files as other programs write them. */

export interface Encoding {
  /** For `TextDecoder`. */
  label: string;
  /** For the user. */
  name: string;
}

const UTF8: Encoding = { label: "utf-8", name: "UTF-8" };
const WINDOWS_1252: Encoding = { label: "windows-1252", name: "Windows-1252" };
const BYTE_ORDER_MARKS: [mark: number[], encoding: Encoding][] = [
  [[0xef, 0xbb, 0xbf], { label: "utf-8", name: "UTF-8 with BOM" }],
  [[0xff, 0xfe], { label: "utf-16le", name: "UTF-16 LE" }],
  [[0xfe, 0xff], { label: "utf-16be", name: "UTF-16 BE" }],
];

/** Bytes that are looked at for the zeros of UTF-16. */
const SAMPLED_BYTES = 1024;

/** UTF-16 without its mark, as some programs write it: in Western text every other byte is zero. */
function unmarkedUtf16(head: Uint8Array): Encoding | null {
  const sample = head.subarray(0, SAMPLED_BYTES & ~1);
  const zeros = [0, 0];
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [first = 0, second = 0] = zeros;
  const most = sample.length / 4;
  if (second > most && first === 0) return { label: "utf-16le", name: "UTF-16 LE" };
  if (first > most && second === 0) return { label: "utf-16be", name: "UTF-16 BE" };
  return null;
}

/**
 * Reads the whole file once: one wrong byte anywhere says that it is no UTF-8, and then it is what Windows programs
 * write in the West.
 */
export async function detectEncoding(stream: Readable): Promise<Encoding> {
  const strict = new TextDecoder("utf-8", { fatal: true });
  let first = true;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (first) {
      first = false;
      const marked = BYTE_ORDER_MARKS.find(([mark]) => mark.every((byte, at) => chunk[at] === byte));
      const encoding = marked?.[1] ?? unmarkedUtf16(chunk);
      if (encoding !== null) {
        stream.destroy();
        return encoding;
      }
    }
    if (!decodes(strict, chunk, true)) {
      stream.destroy();
      return WINDOWS_1252;
    }
  }
  return decodes(strict, new Uint8Array(0), false) ? UTF8 : WINDOWS_1252;
}

/** The file's text, piece by piece, without its byte order mark. */
export async function* decodeText(stream: Readable, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding.label);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== "") yield text;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

function decodes(strict: InstanceType<typeof TextDecoder>, chunk: Uint8Array, stream: boolean): boolean {
  try {
    strict.decode(chunk, { stream });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
