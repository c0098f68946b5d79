import type { ComponentHealth } from "../../../shared/contract/system.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

type Component = Pick<ComponentHealth, "name" | "adapter">;

/** There are several encoders; the engine marks those after the first in their adapters: `triton, text`. */
const MARKS: readonly (readonly [mark: string, title: Message])[] = [
  [", text", msg("Text encoder")],
  [", words to pictures", msg("Words to pictures")],
];

const TITLES: Record<ComponentHealth["name"], Message> = {
  encoder: msg("Image encoder"),
  describer: msg("Picture describer"),
  index: msg("Vectors"),
  catalogue: msg("Catalogue"),
  journal: msg("Journal"),
};

const NAMES: Record<string, string> = { triton: "Triton", qdrant: "Qdrant", chroma: "Chroma", mongo: "MongoDB" };
const IN_THE_APP: Record<string, Message> = {
  onnx: msg("ONNX Runtime, in the app"),
  embedded: msg("In the app"),
  sqlite: msg("SQLite, in the app"),
};

export function componentTitle({ name, adapter }: Component): string {
  const marked = MARKS.find(([mark]) => name === "encoder" && adapter.endsWith(mark));
  return t(marked?.[1] ?? TITLES[name]);
}

/** What it runs on, as people name it; an adapter that is not known here keeps its own name. */
export function adapterName({ adapter }: Component): string {
  const [mark = ""] = MARKS.find(([one]) => adapter.endsWith(one)) ?? [];
  const plain = adapter.slice(0, adapter.length - mark.length);
  const inside = IN_THE_APP[plain];
  return inside === undefined ? (NAMES[plain] ?? plain) : t(inside);
}
