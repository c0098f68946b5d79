import type { Change } from "../../shared/contract/history.ts";

/** How one catalogue's history joins another's, for both adapters. */

/** What a change says, whatever its id. */
const saying = ({ sku, time, kind, source, job, fields }: Change): string =>
  JSON.stringify([sku, Date.parse(time), kind, source, job, fields]);

/**
 * Sorts changes that come in: those that are there already, under whatever id, are left out.
 * @param byId changes here that have one of their ids; @param ofProducts those here of the products whose ids clash
 * @returns `asTheyAre` keep their id; `renumbered` need another one
 */
export function newChanges(
  incoming: readonly Change[],
  byId: ReadonlyMap<number, Change>,
  ofProducts: (skus: readonly string[]) => readonly Change[],
): { asTheyAre: Change[]; renumbered: Change[] } {
  const clashing = incoming.filter((change) => {
    const present = byId.get(change.id);
    return present !== undefined && saying(present) !== saying(change);
  });
  const skus = [...new Set(clashing.map(({ sku }) => sku))];
  const known = new Set(skus.length === 0 ? [] : ofProducts(skus).map(saying));
  return {
    asTheyAre: incoming.filter(({ id }) => !byId.has(id)),
    renumbered: clashing.filter((change) => !known.has(saying(change))),
  };
}
