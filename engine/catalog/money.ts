/** Exact amounts: a decimal string in the contract, 1/10000 of the currency's main unit wherever they are compared. */

const DECIMALS = 4;

/** @param price as `priceSchema` allows it: at most 12 integer digits and 4 decimals, which a bigint holds and a float does not */
export function priceUnits(price: string): bigint {
  const [whole = "0", fraction = ""] = price.split(".");
  return BigInt(whole + fraction.padEnd(DECIMALS, "0"));
}

/** As given, without leading zeros: `007.50` is `7.50`. */
export function plainPrice(price: string): string {
  return price.replace(/^0+(?=\d)/, "");
}
