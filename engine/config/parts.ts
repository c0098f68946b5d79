import type { Config } from "../../shared/config.ts";

/** Which adapter each port gets. */
export interface Parts {
  encoder: "onnx" | "triton";
  describer: "embedded" | "triton";
  index: "embedded" | "qdrant" | "chroma";
  catalog: "sqlite" | "mongo";
  journal: "sqlite" | "mongo";
}

/** Neither profile has a vision-language model by itself: none ships, and a stack without one is whole. */
const PROFILES: Record<Config["parts"]["profile"], Omit<Parts, "describer">> = {
  embedded: { encoder: "onnx", index: "embedded", catalog: "sqlite", journal: "sqlite" },
  stack: { encoder: "triton", index: "qdrant", catalog: "mongo", journal: "mongo" },
};

/** The profile's parts, with those in their place that were chosen by themselves. */
export function partsOf({ profile, encoder, describer, index, catalog, journal }: Config["parts"]): Parts {
  const usual = PROFILES[profile];
  return {
    encoder: encoder === "profile" ? usual.encoder : encoder,
    describer,
    index: index === "profile" ? usual.index : index,
    catalog: catalog === "profile" ? usual.catalog : catalog,
    journal: journal === "profile" ? usual.journal : journal,
  };
}
