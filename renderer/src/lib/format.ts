import { useLanguage } from "./i18n/language.ts";

/** How values read in the interface: as the language of the pages writes them, unless a test names a locale. */

const current = () => useLanguage.getState().locale;

/**
 * Exact: Intl takes the decimal string itself, so no float is in between.
 * @returns a dash where the price is not known
 */
export function formatPrice(price: string | null, currency: string | null, locale = current()): string {
  if (price === null) return "–";
  const decimals = price.split(".")[1]?.length ?? 0;
  const plain: Intl.NumberFormatOptions = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  if (currency === null) return new Intl.NumberFormat(locale, plain).format(price as Intl.StringNumericLiteral);
  const usual = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = Math.max(usual.resolvedOptions().maximumFractionDigits ?? 2, decimals);
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(price as Intl.StringNumericLiteral);
}

/** A probability in whole percent; never 100 % or 0 % for what is not certain. */
export function formatPercent(share: number, locale = current()): string {
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  if (share > 0 && share < 0.01) return `<${percent.format(0.01)}`;
  return percent.format(share < 1 ? Math.min(0.99, share) : share);
}

/** With so many digits behind the point, or the comma. */
function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(current(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(value);
}

export function formatCount(count: number, locale = current()): string {
  return new Intl.NumberFormat(locale).format(count);
}

export function formatMs(ms: number): string {
  if (ms < 10) return `${decimal(ms, 1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${decimal(ms / 1000, ms < 10_000 ? 2 : 1)} s`;
}

/** Time left or gone, in words short enough for a progress line. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : decimal(value, 1)} ${units[step]}`;
}

export function formatTime(iso: string, locale = current()): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(iso));
}

/** Time of day to the millisecond, for log lines. */
export function formatClock(iso: string): string {
  const time = new Date(iso);
  const two = (n: number) => String(n).padStart(2, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

/** Day of a log line, where it is not today's. */
export function formatDay(iso: string, locale = current()): string {
  return new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" }).format(new Date(iso));
}
