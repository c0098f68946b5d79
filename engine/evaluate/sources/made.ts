import { ShelfmatchError } from "../../../shared/errors.ts";
import type { Catalog } from "../../catalog/port.ts";
import { planQueries, sample } from "../made-queries.ts";
import { seededRandom } from "../metrics.ts";
import { makeQuery, TRANSFORMATIONS, type Transformation } from "../transformations.ts";
import type { Queries, Query } from "./query.ts";

interface MadeOptions {
  products?: number | undefined;
  transformations?: readonly string[] | undefined;
  seed: number;
}

const DEFAULT_PRODUCTS = 500;

function known(names: readonly string[]): Transformation[] {
  return names.map((name) => {
    const found = TRANSFORMATIONS.find((one) => one === name);
    if (found !== undefined) return found;
    const message = `There is no transformation "${name}". The ones there are: ${TRANSFORMATIONS.join(", ")}.`;
    throw new ShelfmatchError("INVALID_INPUT", message);
  });
}

/**
 * Queries made of catalogue pictures.
 * @throws ShelfmatchError INVALID_INPUT with too few products, or a transformation that there is not
 */
export async function madeQueries(
  catalog: Catalog,
  { products, transformations = TRANSFORMATIONS, seed }: MadeOptions,
): Promise<Queries> {
  const kinds = known(transformations);
  const all = await catalog.getMany(await catalog.allSkus());
  const pictured = all.filter((product) => product.pictures.length > 0 && product.indexState === "indexed");
  if (pictured.length < 2) {
    const message = "An evaluation needs at least two indexed products with pictures; import some first.";
    throw new ShelfmatchError("INVALID_INPUT", message);
  }
  const chosen = sample(pictured, products ?? DEFAULT_PRODUCTS, seededRandom(seed));
  const queries = planQueries(chosen, seed, kinds).map(
    (plan): Query => ({
      key: [plan.product.sku, plan.picture, plan.transformation, plan.severity, plan.behind ?? "", plan.seed].join(" "),
      label: `${plan.product.name}: ${plan.transformation}, ${plan.severity}`,
      product: { sku: plan.product.sku, category: plan.product.category },
      text: null,
      region: null,
      alsoShown: plan.alsoShown,
      transformation: plan.transformation,
      severity: plan.severity,
      runId: null,
      async bytes() {
        const { bytes } = await catalog.picture(plan.picture, "full");
        const behind = plan.behind === null ? null : (await catalog.picture(plan.behind, "full")).bytes;
        return makeQuery(bytes, plan.transformation, seededRandom(plan.seed), behind, plan.severity);
      },
    }),
  );
  const left = pictured.length - chosen.length;
  const notes = left > 0 ? [`${chosen.length} of ${pictured.length} products were asked for, chosen at random.`] : [];
  const blank = all.length - pictured.length;
  if (blank > 0) notes.push(`${blank} products have no picture that can be searched, and were not asked for.`);
  return { queries, notes, close: async () => {} };
}
