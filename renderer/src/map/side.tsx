import { Button } from "@mantine/core";
import type { MapPoints } from "../../../shared/contract/map.ts";
import { CopyTextButton } from "../lib/copy-button.tsx";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import type { LegendEntry } from "./colours.ts";
import { legendWords } from "./legend-words.ts";
import classes from "./map-page.module.css";
import { ProductCard } from "./product-card.tsx";

interface LegendProps {
  legend: readonly LegendEntry[];
  /** Place in the legend that alone stands out; null where all do. */
  only: number | null;
  onOnly: (place: number | null) => void;
}

/** What the colours mean; a click lets one of them stand out. */
export function Legend({ legend, only, onOnly }: LegendProps) {
  return (
    <section aria-label={t("Legend")}>
      <ul className={classes.list}>
        {legend.map((entry, place) => (
          <li key={`${entry.kind} ${entry.key}`}>
            <button
              type="button"
              className={classes.entry}
              aria-pressed={only === place}
              disabled={entry.count === 0}
              onClick={() => onOnly(only === place ? null : place)}
            >
              <span className={classes.dot} style={{ background: entry.colour }} />
              <span className={classes.label}>{legendWords(entry)}</span>
              <span className={classes.count}>{formatCount(entry.count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ProductsProps {
  title: string;
  points: MapPoints;
  places: readonly number[];
  onClose: () => void;
}

/** More would only be scrolled past; all of them are copied. */
const SHOWN = 50;
const PICTURE = 40;

/** Products that were outlined or picked, to go on with. */
export function Products({ title, points, places, onClose }: ProductsProps) {
  const rest = places.length - SHOWN;
  return (
    <section aria-label={title}>
      <h2 className={classes.heading}>
        {title}
        <Button size="compact-xs" variant="default" onClick={onClose}>
          {t("Close")}
        </Button>
      </h2>
      <ul className={classes.list}>
        {places.slice(0, SHOWN).map((at) => (
          <li key={points.skus[at]} className={classes.product}>
            <ProductCard sku={points.skus[at] ?? ""} name={points.names[at] ?? ""} size={PICTURE} linked />
          </li>
        ))}
      </ul>
      {rest > 0 && <p className={classes.detail}>{t("and {count} more", { count: formatCount(rest) })}</p>}
      {places.length > 0 && (
        <CopyTextButton label={t("Copy the SKUs")} text={places.map((at) => points.skus[at]).join("\n")} />
      )}
    </section>
  );
}
