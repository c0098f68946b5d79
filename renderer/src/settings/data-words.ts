import type { BackupContents, DataPart } from "../../../shared/contract/data.ts";
import { formatCount } from "../lib/format.ts";

export const PARTS: Record<DataPart, string> = {
  products: "Products",
  pictures: "Pictures",
  vectors: "Vectors",
  journal: "Journal",
  photos: "Query photos",
  evaluations: "Evaluations",
  batches: "Batches",
  descriptions: "Descriptions of pictures",
  models: "Encoders to choose from",
  caches: "Search graphs and caches",
  other: "Settings and other",
};

const several = (count: number, one: string, many: string) => `${formatCount(count)} ${count === 1 ? one : many}`;

/** "54 products, 54 pictures, 12 runs". */
export function contentsText({ counts }: BackupContents): string {
  return [
    several(counts.products, "product", "products"),
    several(counts.pictures, "picture", "pictures"),
    several(counts.runs, "run", "runs"),
  ].join(", ");
}
