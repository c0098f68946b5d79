import { formatMs } from "./format.ts";
import { t } from "./i18n/i18n.ts";
import { stageName, waterfall } from "./timings.ts";
import classes from "./timings-chart.module.css";

interface Props {
  timings: Record<string, number>;
  /** What each stage takes in half of the runs, milliseconds; shown beside where it is known. */
  medians?: ReadonlyMap<string, number>;
}

/** Where the time went, stage by stage, on one time axis. */
export function TimingsChart({ timings, medians }: Props) {
  const { bars, total } = waterfall(timings);
  return (
    <table className={classes.table} aria-label={t("Timings by stage")}>
      {medians !== undefined && (
        <thead className={classes.head}>
          <tr>
            <th scope="col">{t("stage")}</th>
            <td />
            <th scope="col">{t("here")}</th>
            <th scope="col">{t("median")}</th>
          </tr>
        </thead>
      )}
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.name}>
            <th scope="row" className={classes.name}>
              {stageName(bar.name)}
            </th>
            <td className={classes.track}>
              <span className={classes.bar} style={{ left: `${bar.start * 100}%`, width: `${bar.length * 100}%` }} />
            </td>
            <td className={classes.value}>{formatMs(bar.ms)}</td>
            {medians !== undefined && <Median ms={bar.ms} median={medians.get(bar.name)} />}
          </tr>
        ))}
        <tr className={classes.total}>
          <th scope="row" className={classes.name}>
            {t("total")}
          </th>
          <td />
          <td className={classes.value}>{formatMs(total)}</td>
          {medians !== undefined && <Median ms={total} median={medians.get("total")} />}
        </tr>
      </tbody>
    </table>
  );
}

/** Marked where it took more than twice as long as in half of the runs, and long enough to matter. */
function Median({ ms, median }: { ms: number; median: number | undefined }) {
  const slow = median !== undefined && ms > 2 * median && ms - median > 20;
  return (
    <td className={classes.median} data-slow={slow}>
      {median === undefined ? "–" : formatMs(median)}
      {slow && ` (${t("slow")})`}
    </td>
  );
}
