import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { formatCount, formatDuration } from "../lib/format.ts";

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

const COUNTED = { product: ["product", "products"], picture: ["picture", "pictures"] } as const;

function counted(count: number, thing: keyof typeof COUNTED): string {
  return `${formatCount(count)} ${COUNTED[thing][count === 1 ? 0 : 1]}`;
}

/** One line under the bar: how far, how fast, how long still; or what came of it. */
export function progressLine(progress: ImportProgress): string {
  const { done, total, rate, secondsLeft, products, images, unchanged, seconds } = progress;
  if (isOver(progress)) {
    const parts = [counted(products, "product"), counted(images, "picture")];
    if (unchanged > 0) parts.push(`${formatCount(unchanged)} unchanged`);
    return `${parts.join(", ")} in ${formatDuration(seconds)}`;
  }
  const parts = [`${formatCount(done)}${total === null ? "" : ` of ${formatCount(total)}`}`];
  if (rate > 0) parts.push(`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} pictures/s`);
  if (secondsLeft !== null) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts.join(" · ");
}
