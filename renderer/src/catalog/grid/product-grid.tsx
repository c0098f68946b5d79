import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { ProductQuery } from "../../../../shared/contract/catalog.ts";
import type { Product } from "../../../../shared/contract/domain.ts";
import { t } from "../../lib/i18n/i18n.ts";
import { useColumns, widthOf } from "./column-store.ts";
import { columnOf } from "./columns.ts";
import classes from "./grid.module.css";
import { Heading } from "./heading.tsx";
import { cellId, ROW_HEIGHT, Row, type RowActions } from "./row.tsx";
import { type Chosen, countOf, EVERYTHING, isChosen, NOTHING } from "./selection.ts";
import type { Products } from "./use-products.ts";

const HEAD_HEIGHT = 40;
const BOX_WIDTH = 44;
/** Rows beside the ones in sight. */
const OVERSCAN = 6;

export interface GridProps {
  query: ProductQuery;
  products: Products;
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
  /** @param how of the product alone, or of all between the last one and this */
  onPick: (index: number, sku: string, how: "toggle" | "range") => void;
  onOpen: (sku: string) => void;
  onSort: (sort: { sort: string; order: string }) => void;
  onRange: (range: { first: number; last: number }) => void;
  onSaved: (product: Product) => void;
}

/** The products as a grid, of which only what is in sight exists; the keyboard goes through it cell by cell. */
export function ProductGrid(props: GridProps) {
  const { query, products, chosen, onSort, onRange } = props;
  const total = products.total ?? 0;
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useColumns(({ shown: ids }) => ids);
  const widths = useColumns((state) => state.widths);
  const columns = useMemo(() => shown.flatMap((id) => columnOf(id) ?? []), [shown]);
  const [active, setActive] = useState({ row: 0, column: 1 });
  const [editing, setEditing] = useState(false);

  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange({ first, last }), [first, last, onRange]);

  const key = JSON.stringify(query);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive(({ column }) => ({ row: 0, column }));
    setEditing(false);
  }, [key]);

  const go = (row: number, column: number) => {
    const to = { row: Math.max(0, Math.min(total - 1, row)), column: Math.max(0, Math.min(columns.length, column)) };
    setActive(to);
    virtual.scrollToIndex(to.row, { align: "auto" });
  };
  const focus = () => scroller.current?.focus({ preventScroll: true });

  // The rows keep the same actions for ever: a step of the wheel then draws only the rows that came.
  const latest = useRef({ props, go, active });
  latest.current = { props, go, active };
  const actions = useMemo(
    (): RowActions => ({
      open: (sku) => latest.current.props.onOpen(sku),
      pick: (index, sku, how) => latest.current.props.onPick(index, sku, how),
      activate: (row, column) => setActive({ row, column }),
      edit(row, column) {
        setActive({ row, column });
        setEditing(true);
      },
      edited(move) {
        setEditing(false);
        scroller.current?.focus({ preventScroll: true });
        const { row, column } = latest.current.active;
        if (move === "down") latest.current.go(row + 1, column);
        if (move === "right") latest.current.go(row, column + 1);
      },
      saved: (product) => latest.current.props.onSaved(product),
    }),
    [],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEAD_HEIGHT) / ROW_HEIGHT) - 1);
    const { row, column } = active;
    const whole = event.ctrlKey || event.metaKey;
    const product = products.at(row);
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(row + 1, column),
      ArrowUp: () => go(row - 1, column),
      ArrowRight: () => go(row, whole ? columns.length : column + 1),
      ArrowLeft: () => go(row, whole ? 0 : column - 1),
      PageDown: () => go(row + page, column),
      PageUp: () => go(row - page, column),
      Home: () => go(whole ? 0 : row, 0),
      End: () => go(whole ? total - 1 : row, columns.length),
      Escape: () => props.onChoose(NOTHING),
      " ": () => product !== undefined && props.onPick(row, product.sku, event.shiftKey ? "range" : "toggle"),
      F2: () => columns[column - 1]?.edits !== undefined && setEditing(true),
      Enter: () => {
        if (product === undefined) return;
        if (whole || columns[column - 1]?.edits === undefined) props.onOpen(product.sku);
        else setEditing(true);
      },
    };
    const move = whole && event.key === "a" ? () => props.onChoose(EVERYTHING) : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const vertical = event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp");
    if (vertical) {
      const to = row + (event.key === "ArrowDown" ? 1 : -1);
      const next = products.at(to);
      if (product !== undefined && !isChosen(chosen, product.sku)) props.onPick(row, product.sku, "toggle");
      if (next !== undefined) props.onPick(to, next.sku, "range");
    }
    move();
  };

  const count = countOf(chosen, total);
  const width = BOX_WIDTH + columns.reduce((sum, { id }) => sum + widthOf(id, { widths }), 0);
  const template = columns.map(({ id }, at) => {
    const pixels = widthOf(id, { widths });
    // What is left over goes to the names.
    return at === 0 ? `minmax(${pixels}px, 1fr)` : `${pixels}px`;
  });
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={t("Products")}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={active.row >= first && active.row <= last ? cellId(active.row, active.column) : undefined}
      className={classes.scroller}
      data-stale={products.stale || undefined}
      style={{ "--columns": `${BOX_WIDTH}px ${template.join(" ")}`, "--width": `${width}px` } as CSSProperties}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (!editing && !(event.target instanceof HTMLInputElement)) focus();
      }}
    >
      <div role="row" aria-rowindex={1} className={classes.head}>
        <div role="columnheader" aria-colindex={1} className={classes.box}>
          <input
            type="checkbox"
            className={classes.check}
            aria-label={t("Select all that fit")}
            checked={count > 0 && count === total}
            ref={(box) => {
              if (box !== null) box.indeterminate = count > 0 && count < total;
            }}
            onChange={() => props.onChoose(count === total ? NOTHING : EVERYTHING)}
          />
        </div>
        {columns.map((column, at) => (
          <Heading key={column.id} column={column} at={at + 2} query={query} onSort={onSort} />
        ))}
      </div>
      <div
        role="presentation"
        className={classes.body}
        style={{ height: total * ROW_HEIGHT, width: `max(100%, ${width}px)` }}
      >
        {items.map(({ index, start }) => {
          const product = products.at(index);
          const isActive = active.row === index;
          return (
            <Row
              key={index}
              index={index}
              top={start - HEAD_HEIGHT}
              product={product}
              columns={columns}
              chosen={product !== undefined && isChosen(chosen, product.sku)}
              active={isActive ? active.column : null}
              editing={isActive && editing}
              actions={actions}
            />
          );
        })}
      </div>
    </div>
  );
}
