import { readText } from "./text/read-text.ts";

/** A piscina task: a picture (uint8 RGB [height, width, 3]) to the lines of text on it, in reading order. */
export default async (picture: { rgb: Uint8Array; width: number; height: number }): Promise<string[]> =>
  (await readText(picture)).map((line) => line.text);
