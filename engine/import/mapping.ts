import { IMPORT_COLUMNS, type ImportOptions, type MappedColumn } from "../../shared/contract/imports.ts";
import { ATTRIBUTE_PREFIX, type Column, type Field, readHeader } from "./columns.ts";

/** Which column of a table becomes what of a product: guessed by the headings, or said by a person. */

export const DEFAULT_OPTIONS: ImportOptions = {
  decimalMark: "auto",
  priceUnit: "main",
  currency: null,
  picturesFromWeb: false,
};

export interface Mapping {
  /** What each column holds, in their order. Columns that nobody has named are guessed. */
  fieldsOf(columns: readonly string[]): readonly Field[];
}

/** `price`, `attribute:Colour`, `ignore`. */
export function targetOf(field: Field): string {
  if (field.kind === "column") return field.column;
  return field.kind === "attribute" ? ATTRIBUTE_PREFIX + field.name : "ignore";
}

/** @returns null where the text names nothing that a column can become */
export function fieldOf(target: string): Field | null {
  if (target === "ignore") return { kind: "none" };
  if (target.startsWith(ATTRIBUTE_PREFIX)) {
    const name = target.slice(ATTRIBUTE_PREFIX.length).trim();
    return name === "" ? null : { kind: "attribute", name };
  }
  const column: Column | undefined = IMPORT_COLUMNS.find((one) => one === target);
  return column === undefined ? null : { kind: "column", column };
}

/** @param said columns that a person has mapped; null: none */
export function createMapping(said: readonly MappedColumn[] | null): Mapping {
  const known = new Map(
    (said ?? []).map(({ column, target }) => [column, fieldOf(target) ?? { kind: "none" as const }]),
  );
  const taken = new Set([...known.values()].flatMap((field) => (field.kind === "column" ? [field.column] : [])));
  // A table of JSON Lines may have other keys in each line, and thousands of lines have the same.
  let lastKey: string | null = null;
  let last: readonly Field[] = [];
  return {
    fieldsOf(columns) {
      const key = columns.join("\u0000");
      if (key === lastKey) return last;
      const guessed = readHeader(columns);
      lastKey = key;
      last = columns.map((column, at) => {
        const field = known.get(column);
        if (field !== undefined) return field;
        const guess = guessed[at] ?? { kind: "none" };
        // What a person has given to one column is not guessed of another.
        return guess.kind === "column" && taken.has(guess.column) ? { kind: "attribute", name: column } : guess;
      });
      return last;
    },
  };
}

/** Headings as columns: each a name of its own, so that a mapping can name it. */
export function uniqueColumns(header: readonly string[]): string[] {
  const seen = new Set<string>();
  return header.map((text, at) => {
    const wanted = text.trim() === "" ? "" : text.trim();
    let name = wanted;
    for (let more = 2; seen.has(name) && name !== ""; more += 1) name = `${wanted} (${more})`;
    if (name === "") name = `column ${at + 1}`;
    seen.add(name);
    return name;
  });
}
