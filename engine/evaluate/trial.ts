import { z } from "zod";
import { verdictSchema } from "../../shared/contract/match.ts";

/** One query of an evaluation and what every system made of it; a line of the file that a run is kept in. */

const askSchema = z.object({
  /** Place of the right product, from 1; null where it is not among the candidates, or no product is right. */
  rank: z.number().int().nullable(),
  /** Score of "it is here at all". A probability of the matcher's own systems, a similarity of the baselines'. */
  presence: z.number(),
  first: z.string().nullable(),
  /** Of the first candidate; a probability of the matcher's own systems. */
  confidence: z.number(),
  /** Of the right product; null where it is not among the candidates. */
  own: z.number().nullable(),
  verdict: verdictSchema.nullable(),
});
export type Ask = z.infer<typeof askSchema>;

const askedSchema = z.object({
  /** With its product in the catalogue; null where it has none. */
  present: askSchema.nullable(),
  /** With its product left out, or where it never had one. */
  absent: askSchema.nullable(),
});
export type Asked = z.infer<typeof askedSchema>;

export const trialSchema = z.object({
  query: z.number().int(),
  /** The same of the same query in another run: two runs are compared on what both were asked. */
  key: z.string(),
  label: z.string(),
  /** Null where no product is right. */
  sku: z.string().nullable(),
  category: z.string(),
  transformation: z.string().nullable(),
  severity: z.enum(["mild", "medium", "severe"]).nullable(),
  runId: z.string().nullable(),
  systems: z.record(z.string(), askedSchema),
});
export type Trial = z.infer<typeof trialSchema>;

/** What the resampling keeps together: a product's queries; a query without a product stands alone. */
export function groupsOf(trials: readonly Trial[]): { groupOf: number[]; groups: number } {
  const known = new Map<string, number>();
  const groupOf = trials.map(({ sku, key }) => {
    const name = sku === null ? `query ${key}` : `product ${sku}`;
    const group = known.get(name) ?? known.size;
    known.set(name, group);
    return group;
  });
  return { groupOf, groups: known.size };
}
