import { createHash } from "node:crypto";
import { foldText } from "../catalog/fold.ts";

/** SKU for a product that only has a name; the same name always gives the same. */
export function skuOfName(name: string): string {
  const slug = foldText(name)
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 120)
    .replace(/-$/, "");
  if (slug !== "") return slug;
  return `product-${createHash("sha256").update(name).digest("hex").slice(0, 12)}`;
}
