import { Table } from "@mantine/core";
import { formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./chart.module.css";

export interface Series {
  name: string;
  /** Names its colour and dash in chart.module.css. */
  tone: "first" | "second" | "third" | "fourth";
  /** One for each time; null where there is nothing. */
  values: readonly (number | null)[];
}

interface Props {
  title: string;
  times: readonly string[];
  series: readonly Series[];
  kind: "bars" | "lines";
  format: (value: number) => string;
}

const HEIGHT = 120;
const WIDTH = 600;

/** A chart over time with its figures as a table for who can't see it, or wants to read them. */
export function Chart({ title, times, series, kind, format }: Props) {
  const sums = times.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const all = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const top = Math.max(kind === "bars" ? Math.max(0, ...sums) : Math.max(0, ...all), 0);
  const scale = top === 0 ? 0 : HEIGHT / top;
  const first = times[0];
  const last = times.at(-1);
  return (
    <section className={classes.chart}>
      <h3 className={classes.title}>{title}</h3>
      <ul className={classes.legend} aria-hidden>
        {series.map(({ name, tone }) => (
          <li key={tone}>
            <span className={classes.key} data-tone={tone} data-kind={kind} /> {name}
          </li>
        ))}
        <li className={classes.top}>{top === 0 ? "" : format(top)}</li>
      </ul>
      <svg
        className={classes.plot}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("{title}: the figures are in the table below.", { title })}
      >
        {kind === "bars" ? (
          <Bars times={times} series={series} scale={scale} />
        ) : (
          series.map(({ tone, values }) => (
            <path key={tone} className={classes.line} data-tone={tone} d={pathOf(values, scale)} />
          ))
        )}
      </svg>
      <div className={classes.axis} aria-hidden>
        <span>{first !== undefined && formatTime(first)}</span>
        <span>{last !== undefined && formatTime(last)}</span>
      </div>
      <details className={classes.figures}>
        <summary>{t("Figures as a table: {title}", { title })}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
        <section className={classes.scroll} tabIndex={0} aria-label={t("Figures as a table: {title}", { title })}>
          <Table aria-label={title} stickyHeader verticalSpacing={3}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("From")}</Table.Th>
                {series.map(({ name, tone }) => (
                  <Table.Th key={tone}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {times.map((time, at) => (
                <Table.Tr key={time}>
                  <Table.Th scope="row">{formatTime(time)}</Table.Th>
                  {series.map(({ tone, values }) => {
                    const value = values[at] ?? null;
                    return <Table.Td key={tone}>{value === null ? "–" : format(value)}</Table.Td>;
                  })}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      </details>
    </section>
  );
}

function Bars({ times, series, scale }: Pick<Props, "times" | "series"> & { scale: number }) {
  const width = WIDTH / Math.max(1, times.length);
  return times.map((time, at) => {
    let y = HEIGHT;
    return series.map(({ tone, values }) => {
      const height = (values[at] ?? 0) * scale;
      y -= height;
      return (
        <rect
          key={`${time} ${tone}`}
          className={classes.bar}
          data-tone={tone}
          x={at * width}
          y={y}
          width={width * 0.85}
          height={height}
        />
      );
    });
  });
}

/** Points joined; a gap where nothing was measured, a short line where a point stands alone. */
function pathOf(values: readonly (number | null)[], scale: number): string {
  const width = WIDTH / Math.max(1, values.length);
  let joined = false;
  return values
    .map((value, at) => {
      if (value === null) {
        joined = false;
        return "";
      }
      const x = (at + 0.5) * width;
      const y = HEIGHT - value * scale;
      const step = joined ? `L${x} ${y}` : `M${x - width * 0.3} ${y}L${x} ${y}`;
      joined = true;
      return step;
    })
    .join("");
}
