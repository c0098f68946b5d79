import classes from "./chart.module.css";

/** Counts over time as small bars; what they say stands beside them in words. */
export function Sparkline({ counts, label }: { counts: readonly number[]; label: string }) {
  const tallest = Math.max(1, ...counts);
  const width = 100 / Math.max(1, counts.length);
  return (
    <svg className={classes.sparkline} viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={label}>
      {counts.map((count, at) => {
        const height = count === 0 ? 1 : Math.max(3, (count / tallest) * 24);
        return (
          <rect
            key={at}
            className={count === 0 ? (classes.none ?? "") : (classes.some ?? "")}
            x={at * width}
            y={24 - height}
            width={width * 0.8}
            height={height}
          />
        );
      })}
    </svg>
  );
}
