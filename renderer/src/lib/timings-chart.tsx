import { formatMs } from "./format.ts";
import { t } from "./i18n/i18n.ts";
import { stageName, waterfall } from "./timings.ts";
import classes from "./timings-chart.module.css";

/** Where the time went, stage by stage, on one time axis. */
export function TimingsChart({ timings }: { timings: Record<string, number> }) {
  const { bars, total } = waterfall(timings);
  return (
    <table className={classes.table} aria-label={t("Timings by stage")}>
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
          </tr>
        ))}
        <tr className={classes.total}>
          <th scope="row" className={classes.name}>
            {t("total")}
          </th>
          <td />
          <td className={classes.value}>{formatMs(total)}</td>
        </tr>
      </tbody>
    </table>
  );
}
