import { withoutSeeStack } from "../../../shared/errors.ts";

/** A warning of a match, taken apart for reading. */
interface Warning {
  /** What the answer had to do without. */
  what: string;
  /** Why, where it is said. */
  why: string;
  /** A service of the stack is the cause. */
  service: boolean;
}

const SERVICE = /\b(Triton|Qdrant|MongoDB|Chroma)\b/;

/** "Comparing the description failed: Qdrant at ... could not search." is what, and why. */
export function toWarning(text: string): Warning {
  const plain = withoutSeeStack(text);
  const service = SERVICE.test(plain);
  const [, what, why] = /^([^:]{3,60}): (.+)$/s.exec(plain) ?? [];
  // "Qdrant at http" is no summary: an address came before anything else was said.
  if (what === undefined || why === undefined || SERVICE.test(what)) return { what: plain, why: "", service };
  return { what: `${what}.`, why, service };
}
