import { ShelfmatchError } from "../../../shared/errors.ts";
import type { Catalog } from "../../catalog/port.ts";
import type { Journal } from "../../journal/port.ts";
import { judgedRuns, rightAnswerOf } from "../../learn/judged-runs.ts";
import { ofProduct, type Queries, type Query } from "./query.ts";

/**
 * Photos of real matches that somebody has judged: right, "this one", or not in the catalogue. One that has become a
 * picture of its product would only find itself.
 * @throws ShelfmatchError INVALID_INPUT where there are none
 */
export async function feedbackQueries(catalog: Catalog, journal: Journal): Promise<Queries> {
  const counts = { unlabelled: 0, photoless: 0, gone: 0, learned: 0 };
  const queries: Query[] = [];
  for await (const run of judgedRuns(journal)) {
    const sku = rightAnswerOf(run);
    if (sku === undefined) counts.unlabelled++;
    else if (run.photo === null) counts.photoless++;
    else {
      const [product] = sku === null ? [] : await catalog.getMany([sku]);
      if (sku !== null && product === undefined) counts.gone++;
      else if (product?.pictures.some(({ hash, origin }) => hash === run.photo || origin?.photo === run.photo))
        counts.learned++;
      else {
        queries.push({
          ...ofProduct,
          key: run.runId,
          label: run.source ?? run.time,
          product: product === undefined ? null : { sku: product.sku, category: product.category },
          text: run.text,
          region: run.region,
          runId: run.runId,
          bytes: async () => (await journal.photo(run.runId)).bytes,
        });
      }
    }
  }
  const said: [number, string][] = [
    [counts.unlabelled, "were called wrong without saying what is right"],
    [counts.photoless, "have no photo that was kept"],
    [counts.gone, "name a product that is no longer in the catalogue"],
    [counts.learned, "have become a picture of their product"],
  ];
  const notes = said
    .filter(([count]) => count > 0)
    .map(([count, why]) => `${count} judged matches were left out: they ${why}.`);
  if (queries.length > 0) return { queries, notes, close: async () => {} };
  const message =
    "There are no judged photos yet. Judge answers on the Match page (right, this one, not in the catalogue) while the settings keep query photos.";
  throw new ShelfmatchError("INVALID_INPUT", [message, ...notes].join(" "));
}
