import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { MapKind } from "../../shared/contract/map.ts";
import { writeWhole } from "../lib/write-whole.ts";

/** Maps as files, one a kind and fingerprint: a change of encoder and back finds the map of before. They can be made again. */

const keptSchema = z.object({
  fingerprint: z.string(),
  finishedAt: z.iso.datetime(),
  skus: z.array(z.string()),
  x: z.array(z.number()),
  y: z.array(z.number()),
});
export type KeptMap = z.infer<typeof keptSchema>;

/** Decimals of a coordinate: a ten-thousandth of the plane is less than a pixel. */
const DECIMALS = 4;

const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toFixed(DECIMALS)));

export function createKeptMaps(folder: string, onUnreadable: (message: string) => void) {
  const fileOf = (kind: MapKind, fingerprint: string) =>
    join(folder, `${kind}-${createHash("sha256").update(fingerprint).digest("hex").slice(0, 16)}.json`);
  /** The one read last: it is asked for again and again while it is looked at. */
  let last: { file: string; map: KeptMap } | null = null;

  return {
    async read(kind: MapKind, fingerprint: string): Promise<KeptMap | null> {
      const file = fileOf(kind, fingerprint);
      if (last?.file === file) return last.map;
      try {
        const map = keptSchema.parse(JSON.parse(await readFile(file, "utf8")));
        last = { file, map };
        return map;
      } catch (error) {
        const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
        if (!isMissing) onUnreadable(`The map of the catalogue can't be read, and is to be made anew: ${error}`);
        return null;
      }
    },
    async write(
      kind: MapKind,
      { x, y, ...map }: Omit<KeptMap, "x" | "y" | "finishedAt"> & { x: Float32Array; y: Float32Array },
    ) {
      const file = fileOf(kind, map.fingerprint);
      const kept = { ...map, finishedAt: new Date().toISOString(), x: rounded(x), y: rounded(y) };
      await writeWhole(file, JSON.stringify(kept));
      last = { file, map: kept };
    },
  };
}
