import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { ProductQuery } from "../../../../shared/contract/catalog.ts";
import { t } from "../../lib/i18n/i18n.ts";
import { sortedBy } from "../address.ts";
import { resizeColumn, useColumns, widthOf } from "./column-store.ts";
import type { Column } from "./columns.ts";
import classes from "./grid.module.css";

/** Pixels that an arrow key widens a column by. */
const STEP = 16;

interface Props {
  column: Column;
  /** 1-based, as the grid counts. */
  at: number;
  query: ProductQuery;
  onSort: (sort: { sort: string; order: string }) => void;
}

export function Heading({ column, at, query, onSort }: Props) {
  const { sort, numeric, label } = column;
  const active = sort !== undefined && query.sort === sort;
  const Arrow = query.order === "asc" ? IconArrowUp : IconArrowDown;
  const sorted = active ? (query.order === "asc" ? "ascending" : "descending") : "none";
  return (
    <div
      role="columnheader"
      aria-colindex={at}
      {...(sort === undefined ? {} : { "aria-sort": sorted as "ascending" })}
      className={classes.heading}
      data-numeric={numeric || undefined}
    >
      {sort === undefined ? (
        <span className={classes.text}>{t(label)}</span>
      ) : (
        <button type="button" className={classes.sort} onClick={() => onSort(sortedBy(query, sort))}>
          <span className={classes.text}>{t(label)}</span>
          {active && <Arrow size={13} stroke={2.2} aria-hidden />}
        </button>
      )}
      <Handle column={column} />
    </div>
  );
}

/** Drags the column's edge; the arrow keys do the same. */
function Handle({ column: { id, label } }: { column: Column }) {
  const width = useColumns((columns) => widthOf(id, columns));
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t("Width of {column}", { column: t(label) })}
      aria-valuenow={width}
      className={classes.handle}
      onPointerDown={(event) => {
        event.preventDefault();
        const { currentTarget: handle, clientX: from, pointerId } = event;
        handle.setPointerCapture(pointerId);
        const move = (moved: PointerEvent) => resizeColumn(id, width + moved.clientX - from);
        handle.addEventListener("pointermove", move);
        handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
          once: true,
        });
      }}
      onKeyDown={(event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        event.preventDefault();
        event.stopPropagation();
        resizeColumn(id, width + (event.key === "ArrowRight" ? STEP : -STEP));
      }}
    />
  );
}
