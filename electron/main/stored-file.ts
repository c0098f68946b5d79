import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";

/** Small JSON files of the desktop's own: checked when they are read back, whole when they are written. */
export interface StoredFile<T> {
  /** As stored; the schema's defaults where there is no file yet. One that can't be used is kept aside and said. */
  read(): T;
  write(value: T): void;
}

export function storedFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  onFault: (message: string) => void,
): StoredFile<z.output<Schema>> {
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(path, "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return schema.parse({});
        throw error;
      }
      try {
        return schema.parse(JSON.parse(text));
      } catch (error) {
        const aside = `${path}.unusable-${Date.now()}`;
        renameSync(path, aside);
        onFault(`${path} can't be used (${String(error)}). It was kept as ${aside}, and the defaults are in force.`);
        return schema.parse({});
      }
    },
    write(value) {
      mkdirSync(dirname(path), { recursive: true });
      const draft = `${path}.part`;
      writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
      renameSync(draft, path);
    },
  };
}
