/** Numbers of traded goods (GTIN; GS1 General Specifications, section 7.9). */

/** Whether the last digit is the one that the others ask for (GTIN-8, -12, -13 and -14). */
export function hasValidCheckDigit(code: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(code)) return false;
  const digits = [...code].reverse().map(Number);
  const sum = digits.reduce((total, digit, place) => total + digit * (place % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** The last digit of a code whose others these are. */
export function checkDigit(digits: string): number {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10;
}

/** A UPC-A as the EAN-13 that it is (a leading 0); anything else unchanged. */
export function normaliseGtin(code: string): string {
  return /^\d{12}$/.test(code) ? `0${code}` : code;
}
