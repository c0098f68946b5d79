import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { formatCount, formatDuration } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";

/** Nothing is under way: it is done, or waits for somebody to go on. */
export function isOver({ state }: Pick<ImportProgress, "state">): boolean {
  return state !== "reading" && state !== "running";
}

/** 0..100; null while it is not known how much there is. */
export function percentDone({ done, total, state }: ImportProgress): number | null {
  if (state === "done") return 100;
  if (total === null || total === 0) return null;
  return Math.min(100, Math.floor((done / total) * 100));
}

/** One line under the bar: how far, how fast, how long still; or what came of it. */
export function progressLine(progress: ImportProgress): string {
  const { done, total, rate, secondsLeft, products, images, unchanged, seconds } = progress;
  if (isOver(progress)) {
    const parts = [
      t("{count, plural, one {# product} other {# products}}", { count: products }),
      t("{count, plural, one {# picture} other {# pictures}}", { count: images }),
    ];
    if (unchanged > 0) parts.push(t("{count} unchanged", { count: formatCount(unchanged) }));
    return t("{parts} in {time}", { parts: parts.join(", "), time: formatDuration(seconds) });
  }
  const parts = [
    total === null ? formatCount(done) : t("{done} of {total}", { done: formatCount(done), total: formatCount(total) }),
  ];
  if (rate > 0) {
    parts.push(t("{rate} pictures/s", { rate: rate >= 10 ? formatCount(Math.round(rate)) : rate.toFixed(1) }));
  }
  if (secondsLeft !== null) parts.push(t("{time} left", { time: formatDuration(secondsLeft) }));
  return parts.join(" · ");
}
