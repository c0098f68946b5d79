/**
 * What a match can say that it had to do without, by code. The engine writes these sentences into its answers and the
 * journal; a page finds the code again by them and says it in its own language. A reason may follow, after a colon.
 */
export const MATCH_WARNINGS = {
  onlyBarcodes: "Only barcodes were looked for",
  barcodes: "Reading barcodes failed",
  details: "Comparing details failed",
  packageText: "Reading the package's text failed",
  comparingDescription: "Comparing the description failed",
  describing: "Describing the picture failed",
  searchingDescription: "Searching by the description failed",
  textsAlone: "The words were compared with texts alone, not with pictures",
  unmeasuredWords:
    "How well the words fit the pictures counts for the order alone: how sure that makes an answer has not been measured with this encoder.",
  otherEncoder: "Confidence was calibrated with another encoder and is only a rough guide here.",
} as const;

export type MatchWarning = keyof typeof MATCH_WARNINGS;

/** Products that a match could not find because they have no vectors yet. */
export const notYetIndexed = (count: number): string =>
  `${count} products are still being indexed and can't be found yet. Ask again when they are.`;

const NOT_YET_INDEXED = /^(\d+) products are still being indexed/;

/** @returns the code of a warning, or how many products are still being indexed; null for a sentence of another version */
export function matchWarningOf(text: string): MatchWarning | { notYetIndexed: number } | null {
  const [, count] = NOT_YET_INDEXED.exec(text) ?? [];
  if (count !== undefined) return { notYetIndexed: Number(count) };
  const codes = Object.keys(MATCH_WARNINGS) as MatchWarning[];
  const isSaid = (sentence: string) => text === sentence || text === `${sentence}.` || text.startsWith(`${sentence}: `);
  return codes.find((code) => isSaid(MATCH_WARNINGS[code])) ?? null;
}
