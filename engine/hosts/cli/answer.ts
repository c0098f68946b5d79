import type { Candidate, MatchResult } from "../../../shared/contract/match.ts";

/** A candidate as JSON lines have it: what names it and how it was found; the rest is in the journal's run. */
function plainCandidate({ sku, name, category, price, currency, confidence, similarity }: Candidate) {
  return {
    sku,
    name,
    category,
    price,
    currency,
    confidence,
    similarity: { image: similarity.image, text: similarity.text, textToImage: similarity.textToImage },
  };
}

export function plainAnswer({ runId, verdict, variants, matches, description, timings }: MatchResult) {
  const plain = { matches: matches.map(plainCandidate), description, timings };
  return { runId, verdict, ...(variants === undefined ? {} : { variants }), ...plain };
}
