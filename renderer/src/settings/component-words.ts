import type { ComponentHealth } from "../../../shared/contract/system.ts";

type Component = Pick<ComponentHealth, "name" | "adapter">;

/** There are several encoders; the engine marks those after the first in their adapters: `triton, text`. */
const MARKS: readonly (readonly [mark: string, title: string])[] = [
  [", text", "Text encoder"],
  [", words to pictures", "Words to pictures"],
];

const TITLES: Record<ComponentHealth["name"], string> = {
  encoder: "Image encoder",
  describer: "Picture describer",
  index: "Vectors",
  catalogue: "Catalogue",
  journal: "Journal",
};

const ADAPTERS: Record<string, string> = {
  onnx: "ONNX Runtime, in the app",
  triton: "Triton",
  embedded: "In the app",
  qdrant: "Qdrant",
  chroma: "Chroma",
  sqlite: "SQLite, in the app",
  mongo: "MongoDB",
};

export function componentTitle({ name, adapter }: Component): string {
  const marked = MARKS.find(([mark]) => name === "encoder" && adapter.endsWith(mark));
  return marked?.[1] ?? TITLES[name];
}

/** What it runs on, as people name it; an adapter that is not known here keeps its own name. */
export function adapterName({ adapter }: Component): string {
  const [mark = ""] = MARKS.find(([one]) => adapter.endsWith(one)) ?? [];
  const plain = adapter.slice(0, adapter.length - mark.length);
  return ADAPTERS[plain] ?? plain;
}
