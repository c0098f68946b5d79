import type { Problem } from "./problem.ts";

/** Prices as people write them: `12.50`, `1.234,50 €`, `$12.5`, `EUR 12`, `12,-`. */

export type DecimalMark = "point" | "comma";

const SYMBOLS: Record<string, string> = {
  "€": "EUR",
  "£": "GBP",
  "¥": "JPY",
  "₹": "INR",
  "₩": "KRW",
  "₽": "RUB",
  "₺": "TRY",
  "₪": "ILS",
  "₴": "UAH",
  "₫": "VND",
  "฿": "THB",
  zł: "PLN",
  kč: "CZK",
  r$: "BRL",
  us$: "USD",
  a$: "AUD",
  c$: "CAD",
  $: "USD",
};
/** Signs that stand for several currencies: a currency column goes before them. */
const SHARED_SIGNS = new Set(["$", "¥", "£"]);
const CURRENCIES = new Set(Intl.supportedValuesOf("currency"));
const INTEGER_DIGITS = 12;
const DECIMALS = 4;

/** Finds out, over the whole file, which mark stands before the decimals. */
export class DecimalMarkVote {
  #point = 0;
  #comma = 0;

  observe(text: string): void {
    const number = text.replace(/[^\d.,]/g, "");
    const last = Math.max(number.lastIndexOf("."), number.lastIndexOf(","));
    if (last < 0) return;
    const mark = number.charAt(last);
    const other = mark === "." ? "," : ".";
    const decimals = number.length - last - 1;
    // A mark that comes once and not before three digits, or after the other one, stands before the decimals; one
    // that comes several times groups thousands.
    const times = number.split(mark).length - 1;
    if (times > 1) this.#vote(other);
    else if (number.includes(other) || decimals !== 3) this.#vote(mark);
  }

  #vote(mark: string): void {
    if (mark === ".") this.#point += 1;
    else this.#comma += 1;
  }

  get mark(): DecimalMark {
    return this.#comma > this.#point ? "comma" : "point";
  }
}

export interface Money {
  price: string | null;
  currency: string | null;
}

/**
 * @param priceText the price cell; a currency sign or code may stand beside the number
 * @param currencyText the currency cell, where the file has one
 * @returns an exact decimal string and an ISO 4217 code, null where nothing is said
 */
export function readMoney(priceText: string, currencyText: string, mark: DecimalMark): Money | Problem {
  const { number, sign } = splitSign(priceText);
  const price = number === "" ? null : readNumber(number, mark, priceText);
  if (typeof price === "object" && price !== null) return price;
  const said = readCurrency(currencyText);
  const shown = readCurrency(sign);
  if (typeof said === "object" && said !== null) return said;
  if (typeof shown === "object" && shown !== null) {
    return badPrice(priceText, "it is no number with an optional currency beside it");
  }
  if (said !== null && shown !== null && said !== shown && !SHARED_SIGNS.has(sign)) {
    return {
      code: "ROW_BAD_CURRENCY",
      message: `The price "${priceText.trim()}" is in ${shown}, the currency column says ${said}. Correct one of the two.`,
    };
  }
  return { price, currency: said ?? (price === null ? null : shown) };
}

function splitSign(text: string): { number: string; sign: string } {
  const plain = text.normalize("NFKC").replace(/\s+/g, " ").trim();
  // "12,-" and "12.-" are whole amounts.
  const found = /^([^\d(+\-−.,]*)\s?([(+\-−]?\s?[\d.,' ’]*\)?)(?:[.,]?[-–—]{1,2})?\s?([^\d]*)$/u.exec(plain);
  if (found === null) return { number: plain, sign: "" };
  const [, before = "", number = "", after = ""] = found;
  return { number: number.trim(), sign: `${before.trim()}${after.trim()}` };
}

function readNumber(number: string, mark: DecimalMark, shown: string): string | Problem {
  if (/^[(\-−]/.test(number)) return badPrice(shown, "it is negative");
  const digits = number.replace(/^\+/, "").replace(/[ '’]/g, "");
  const [decimal, group] = mark === "point" ? [".", ","] : [",", "."];
  const [whole = "", fraction = "", ...more] = digits.split(decimal);
  if (more.length > 0 && fraction.length === 3) {
    // 1.234.567 in a file of decimal points: the marks can only group.
    const groups = [fraction, ...more];
    if (/^\d{1,3}$/.test(whole) && groups.every((part) => /^\d{3}$/.test(part)))
      return plain(whole + groups.join(""), "", shown);
  }
  const grouped = new RegExp(`^\\d{1,3}(\\${group}\\d{3})+$`).test(whole);
  const loneGroup = new RegExp(`^\\d+\\${group}(\\d{1,2}|\\d{4})$`).exec(digits);
  if (loneGroup !== null) {
    // "12,50" in a file of decimal points: not a group of three, so it can only be decimals.
    const [units = "", cents = ""] = digits.split(group);
    return plain(units, cents, shown);
  }
  if (more.length > 0 || !(grouped || /^\d*$/.test(whole)) || !/^\d*$/.test(fraction) || whole + fraction === "") {
    return badPrice(shown, "it is no number with an optional currency beside it");
  }
  return plain(whole.replaceAll(group, ""), fraction, shown);
}

function plain(whole: string, fraction: string, shown: string): string | Problem {
  const units = whole.replace(/^0+(?=\d)/, "") || "0";
  const decimals = fraction.length > DECIMALS ? fraction.replace(/0+$/, "") : fraction;
  if (units.length > INTEGER_DIGITS) return badPrice(shown, `it has more than ${INTEGER_DIGITS} digits`);
  if (decimals.length > DECIMALS) return badPrice(shown, `it has more than ${DECIMALS} decimals`);
  return decimals === "" ? units : `${units}.${decimals}`;
}

function readCurrency(text: string): string | null | Problem {
  const given = text.trim();
  if (given === "") return null;
  const code = SYMBOLS[given.toLowerCase()] ?? given.toUpperCase();
  if (CURRENCIES.has(code)) return code;
  return {
    code: "ROW_BAD_CURRENCY",
    message: `"${given.slice(0, 40)}" is no currency. Use an ISO 4217 code such as EUR.`,
  };
}

function badPrice(text: string, why: string): Problem {
  return {
    code: "ROW_BAD_PRICE",
    message: `"${text.trim().slice(0, 60)}" is no price: ${why}. Write a plain amount such as 12.50.`,
  };
}
