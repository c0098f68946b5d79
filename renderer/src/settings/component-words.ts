import type { ComponentHealth } from "../../../shared/contract/system.ts";

type Component = Pick<ComponentHealth, "name" | "adapter">;

/** There are two encoders; the engine marks the second in its adapter: `triton, text`. */
const TEXT_MARK = ", text";

const TITLES: Record<ComponentHealth["name"], string> = {
  encoder: "Image encoder",
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
  return name === "encoder" && adapter.endsWith(TEXT_MARK) ? "Text encoder" : TITLES[name];
}

/** What it runs on, as people name it; an adapter that is not known here keeps its own name. */
export function adapterName({ adapter }: Component): string {
  const plain = adapter.endsWith(TEXT_MARK) ? adapter.slice(0, -TEXT_MARK.length) : adapter;
  return ADAPTERS[plain] ?? plain;
}
