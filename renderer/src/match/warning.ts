import { withoutSeeStack } from "../../../shared/errors.ts";
import { type MatchWarning, matchWarningOf } from "../../../shared/match-warnings.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

/** A warning of a match, taken apart for reading. */
interface Warning {
  /** What the answer had to do without, in the language of the pages where its code is known. */
  what: string;
  /** Why, where it is said: the engine's own words. */
  why: string;
  /** A service of the stack is the cause. */
  service: boolean;
}

/** Every code has its words: one without them fails the type check. */
const WORDS: Record<MatchWarning, Message> = {
  onlyBarcodes: msg("Only barcodes were looked for."),
  barcodes: msg("Reading barcodes failed."),
  details: msg("Comparing details failed."),
  packageText: msg("Reading the package's text failed."),
  comparingDescription: msg("Comparing the description failed."),
  describing: msg("Describing the picture failed."),
  searchingDescription: msg("Searching by the description failed."),
  textsAlone: msg("The words were compared with texts alone, not with pictures."),
  unmeasuredWords: msg(
    "How well the words fit the pictures counts for the order alone: how sure that makes an answer has not been measured with this encoder.",
  ),
  otherEncoder: msg("Confidence was calibrated with another encoder and is only a rough guide here."),
};

const SERVICE = /\b(Triton|Qdrant|MongoDB|Chroma)\b/;

/** "Comparing the description failed: Qdrant at ... could not search." is what, and why. */
export function toWarning(text: string): Warning {
  const plain = withoutSeeStack(text);
  const service = SERVICE.test(plain);
  const code = matchWarningOf(plain);
  if (code !== null && typeof code === "object") return { what: notYetFound(code.notYetIndexed), why: "", service };
  if (code === "unmeasuredWords" || code === "otherEncoder") return { what: t(WORDS[code]), why: "", service };
  const [, what, why] = /^([^:]{3,60}): (.+)$/s.exec(plain) ?? [];
  if (code !== null) return { what: t(WORDS[code]), why: why ?? "", service };
  // "Qdrant at http" is no summary: an address came before anything else was said.
  if (what === undefined || why === undefined || SERVICE.test(what)) return { what: plain, why: "", service };
  return { what: `${what}.`, why, service };
}

const notYetFound = (count: number) =>
  t(
    "{count, plural, one {# product is still being indexed and can't be found yet. Ask again when it is.} other {# products are still being indexed and can't be found yet. Ask again when they are.}}",
    { count },
  );
