import type { BackupContents, DataPart } from "../../../shared/contract/data.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

export const PARTS: Record<DataPart, Message> = {
  products: msg("Products"),
  pictures: msg("Pictures"),
  vectors: msg("Vectors"),
  journal: msg("Journal"),
  photos: msg("Query photos"),
  evaluations: msg("Evaluations"),
  batches: msg("Batches"),
  descriptions: msg("Descriptions of pictures"),
  models: msg("Encoders to choose from"),
  caches: msg("Search graphs and caches"),
  other: msg("Settings and other"),
};

/** "54 products, 54 pictures, 12 runs". */
export function contentsText({ counts }: BackupContents): string {
  return [
    t("{count, plural, one {# product} other {# products}}", { count: counts.products }),
    t("{count, plural, one {# picture} other {# pictures}}", { count: counts.pictures }),
    t("{count, plural, one {# run} other {# runs}}", { count: counts.runs }),
  ].join(", ");
}
