import { hasValidCheckDigit, normaliseGtin } from "../lib/gtin.ts";

/**
 * Barcodes as keys. UPC-A (12 digits) is EAN-13 with a leading 0, and a GTIN-14 with a leading 0 is the EAN-13 behind it
 * (GS1 General Specifications, 3.3.2), so one article printed either way has one key.
 */
export function barcodeKey(barcode: string): string {
  const text = barcode.trim();
  const digits = text.replace(/[\s-]/g, "");
  if (!/^\d+$/.test(digits)) return text;
  if (digits.length === 14 && digits.startsWith("0")) return digits.slice(1);
  return normaliseGtin(digits);
}

/** Whether the text is an EAN-8, UPC-A, EAN-13 or GTIN-14 by its length, but not by its check digit. */
export function hasWrongCheckDigit(barcode: string): boolean {
  const digits = barcode.replace(/[\s-]/g, "");
  if (!/^(\d{8}|\d{12,14})$/.test(digits)) return false;
  return !hasValidCheckDigit(digits);
}
