const plain = new Intl.NumberFormat("en", { useGrouping: false, maximumFractionDigits: 10 });

/** In full, never as 1.2E+12: it may be a barcode. */
export function plainNumber(value: number): string {
  return Number.isFinite(value) ? plain.format(value) : String(value);
}
