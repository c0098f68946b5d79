import { createRequire } from "node:module";

/** The part of libheif's JavaScript interface that is used (libheif, post.js: HeifDecoder, HeifImage). */
interface HeifImage {
  get_width(): number;
  get_height(): number;
  display(
    target: { data: Uint8ClampedArray; width: number; height: number },
    done: (result: object | null) => void,
  ): void;
  free(): void;
}
interface Libheif {
  HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] };
}

export interface HeicTask {
  bytes: Uint8Array;
  maxPixels: number;
}

export type HeicResult =
  | { kind: "decoded"; rgba: Uint8Array; width: number; height: number }
  | { kind: "too-large"; width: number; height: number };

const require = createRequire(import.meta.url);
// libheif logs to the console what it also says by its result; a thread's console is the program's stdout, which belongs
// to the command line's answers.
console.log = () => undefined;

/** Decodes the primary picture, its rotation applied. @throws Error where libheif finds none */
export default async function decode({ bytes, maxPixels }: HeicTask): Promise<HeicResult> {
  // Loaded with the first task, so that a broken install fails that task and not the thread.
  const libheif: Libheif = require("libheif-js/wasm-bundle");
  const [image, ...others] = new libheif.HeifDecoder().decode(bytes);
  for (const other of others) other.free();
  if (image === undefined) throw new Error("no picture in it could be decoded");
  try {
    const width = image.get_width();
    const height = image.get_height();
    if (width * height > maxPixels) return { kind: "too-large", width, height };
    const data = new Uint8ClampedArray(width * height * 4);
    await new Promise<void>((resolve, reject) => {
      image.display({ data, width, height }, (result) =>
        result === null ? reject(new Error("the data ends early")) : resolve(),
      );
    });
    return { kind: "decoded", rgba: new Uint8Array(data.buffer), width, height };
  } finally {
    image.free();
  }
}
