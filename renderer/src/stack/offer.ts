import type { StackStatus } from "../../../shared/contract/stack.ts";

/** About the sample's size: whoever has more has settled in. */
const FEW_PRODUCTS = 60;

interface Situation {
  dismissed: boolean;
  /** Products of the catalogue; undefined while it is not known. */
  products: number | undefined;
  profile: string | undefined;
}

/** Worth asking Docker at all: at a first start, in the embedded profile, where nobody has said no. */
export function mayOffer({ dismissed, products, profile }: Situation): boolean {
  return !dismissed && profile === "embedded" && products !== undefined && products <= FEW_PRODUCTS;
}

/** Docker would start the services right away, and nothing of the app runs on one yet. */
export function offers(situation: Situation, status: StackStatus | undefined): boolean {
  return mayOffer(situation) && status?.docker.state === "ready" && status.services.length === 0;
}
