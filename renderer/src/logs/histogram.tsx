import { useRef, useState } from "react";
import { type JournalOverview, type Level, levelSchema } from "../../../shared/contract/journal.ts";
import { formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { linesOf } from "./facet-select.tsx";
import classes from "./histogram.module.css";

type Bar = JournalOverview["histogram"]["bars"][number];

interface Props {
  histogram: JournalOverview["histogram"];
  /** A time was chosen: one bar, or several from end to end. */
  onChoose: (from: string, to: string) => void;
}

const LEVELS: readonly Level[] = [...levelSchema.options].reverse();
const sumOf = (bar: Bar) => LEVELS.reduce((sum, level) => sum + bar[level], 0);

/**
 * Lines over time. A click chooses a bar's time, a drag or shift and an arrow a range; the bars are buttons that say
 * what they show.
 */
export function Histogram({ histogram: { bars, stepMs }, onChoose }: Props) {
  const [active, setActive] = useState(0);
  const [start, setStart] = useState<number | null>(null);
  const row = useRef<HTMLDivElement>(null);
  const tallest = Math.max(1, ...bars.map(sumOf));
  const timeOf = (at: number) => bars[at]?.time ?? "";
  const endOf = (at: number) => new Date(Date.parse(timeOf(at)) + stepMs - 1).toISOString();
  const choose = (from: number, to: number) => {
    setStart(null);
    if (bars.length > 0) onChoose(timeOf(Math.min(from, to)), endOf(Math.max(from, to)));
  };
  const move = (to: number, extend: boolean) => {
    const next = Math.min(bars.length - 1, Math.max(0, to));
    setStart(extend ? (start ?? active) : null);
    setActive(next);
    row.current?.querySelectorAll<HTMLButtonElement>("button")[next]?.focus();
  };
  const first = start === null ? active : Math.min(start, active);
  const last = start === null ? active : Math.max(start, active);
  return (
    <div className={classes.histogram}>
      <div
        ref={row}
        className={classes.bars}
        role="toolbar"
        aria-label={t("Lines over time")}
        onPointerLeave={() => setStart(null)}
      >
        {bars.map((bar, at) => {
          const label = t("{from} to {to}: {lines}", {
            ...{ from: formatTime(bar.time), to: formatTime(endOf(at)), lines: linesOf(sumOf(bar)) },
          });
          return (
            <button
              key={bar.time}
              type="button"
              className={classes.bar}
              tabIndex={at === Math.min(active, bars.length - 1) ? 0 : -1}
              data-chosen={start !== null && at >= first && at <= last}
              aria-label={bar.error > 0 ? `${label}, ${t("Errors")}: ${bar.error}` : label}
              title={label}
              onPointerDown={() => {
                setStart(at);
                setActive(at);
              }}
              onPointerEnter={() => start !== null && setActive(at)}
              onClick={() => choose(start ?? at, at)}
              onPointerUp={() => start !== null && start !== at && choose(start, at)}
              onKeyDown={(event) => {
                if (event.key === "ArrowRight") move(at + 1, event.shiftKey);
                else if (event.key === "ArrowLeft") move(at - 1, event.shiftKey);
                else if (event.key === "Home") move(0, event.shiftKey);
                else if (event.key === "End") move(bars.length - 1, event.shiftKey);
                else return;
                event.preventDefault();
              }}
            >
              {LEVELS.map((level) => (
                <span
                  key={level}
                  data-level={level}
                  style={{ height: bar[level] === 0 ? 0 : `max(2px, ${(bar[level] / tallest) * 100}%)` }}
                />
              ))}
            </button>
          );
        })}
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{bars[0] !== undefined && formatTime(bars[0].time)}</span>
        <span>{bars.length > 0 && formatTime(endOf(bars.length - 1))}</span>
      </div>
    </div>
  );
}
