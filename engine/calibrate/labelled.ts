import type { Run } from "../../shared/contract/journal.ts";
import type { Journal } from "../journal/port.ts";
import { judgedRuns, rightAnswerOf } from "../learn/judged-runs.ts";
import { type EvidenceKind, FEATURES } from "../match/evidence.ts";
import type { Observation } from "./observation.ts";

/** A real photo says more of real photos than a made one: so many times. */
const REAL_WEIGHT = 3;
/** Of more, the newest. */
const MOST = 2_000;

const kindOf = (name: string): EvidenceKind | null => (Object.hasOwn(FEATURES, name) ? (name as EvidenceKind) : null);

/** @returns null where the run has no evidence of this encoder and these features, or where nobody said what is right */
export function observationOf({ runId, evidence, feedback, result }: Run, fingerprint: string): Observation | null {
  if (!evidence || feedback === null || evidence.fingerprint !== fingerprint) return null;
  const kind = kindOf(evidence.kind);
  if (kind === null || FEATURES[kind].join() !== evidence.features.join()) return null;
  const photo = result?.picture?.hash;
  // A photo that has become a picture finds itself: that says nothing of other photos.
  if (photo !== undefined && result?.matches.some(({ picture }) => picture === photo)) return null;
  const candidates = evidence.candidates.map(({ sku, values }) => ({ sku, features: values }));
  const one = { kind, weight: REAL_WEIGHT };
  const right = rightAnswerOf({ feedback, result });
  // Products that are not searched for share no fold with others: no two such photos need show the same thing.
  if (right === null) return { ...one, sku: `run ${runId}`, present: false, candidates };
  if (right !== undefined) return { ...one, sku: right, present: true, candidates };
  // Only that the first is not it is known.
  return { ...one, sku: `run ${runId}`, present: true, candidates: candidates.slice(0, 1) };
}

/** What the journal's judged runs say; a photo counts once, by the first time that it was asked about. */
export async function labelledObservations(
  journal: Pick<Journal, "runs">,
  fingerprint: string,
): Promise<Observation[]> {
  const byPhoto = new Map<string, Observation>();
  for await (const run of judgedRuns(journal)) {
    const observation = observationOf(run, fingerprint);
    if (observation === null) continue;
    const key = run.result?.picture?.hash ?? run.text ?? run.runId;
    // Newest first: what comes later was asked earlier.
    byPhoto.set(key, observation);
    if (byPhoto.size >= MOST) break;
  }
  return [...byPhoto.values()];
}
