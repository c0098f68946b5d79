import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { pictureUrl } from "../../lib/client.ts";
import { formatPrice } from "../../lib/format.ts";
import { t } from "../../lib/i18n/i18n.ts";
import type { GridProps } from "./product-grid.tsx";
import { State } from "./row.tsx";
import { EVERYTHING, isChosen, NOTHING } from "./selection.ts";
import classes from "./wall.module.css";

/** Pixels: a tile is as wide as fits, and always as high. */
const NARROWEST = 168;
const HEIGHT = 238;
const GAP = 10;
const OVERSCAN = 2;

const tileId = (index: number) => `tile-${index}`;

/** The products as a wall of pictures; the same keys as in the grid. */
export function ProductWall({ query, products, chosen, onChoose, onPick, onOpen, onRange }: GridProps) {
  const total = products.total ?? 0;
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(scroller, sized);
  const columns = Math.max(1, Math.floor((width - GAP) / (NARROWEST + GAP)));
  const rows = Math.ceil(total / columns);
  const [active, setActive] = useState(0);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT + GAP,
    overscan: OVERSCAN,
    paddingStart: GAP,
  });
  const items = virtual.getVirtualItems();
  const first = (items[0]?.index ?? 0) * columns;
  const last = Math.min(total - 1, ((items.at(-1)?.index ?? 0) + 1) * columns - 1);
  useEffect(() => onRange({ first, last }), [first, last, onRange]);
  const key = JSON.stringify(query);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive(0);
  }, [key]);

  const go = (index: number) => {
    const to = Math.max(0, Math.min(total - 1, index));
    setActive(to);
    virtual.scrollToIndex(Math.floor(to / columns), { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const page = columns * Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (HEIGHT + GAP)));
    const product = products.at(active);
    const whole = event.ctrlKey || event.metaKey;
    const moves: Record<string, () => void> = {
      ArrowRight: () => go(active + 1),
      ArrowLeft: () => go(active - 1),
      ArrowDown: () => go(active + columns),
      ArrowUp: () => go(active - columns),
      PageDown: () => go(active + page),
      PageUp: () => go(active - page),
      Home: () => go(whole ? 0 : active - (active % columns)),
      End: () => go(whole ? total - 1 : active - (active % columns) + columns - 1),
      Escape: () => onChoose(NOTHING),
      " ": () => product !== undefined && onPick(active, product.sku, event.shiftKey ? "range" : "toggle"),
      Enter: () => product !== undefined && onOpen(product.sku),
    };
    const move = whole && event.key === "a" ? () => onChoose(EVERYTHING) : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };

  return (
    <div
      ref={ref}
      role="grid"
      tabIndex={0}
      aria-label={t("Products")}
      aria-rowcount={rows}
      aria-colcount={columns}
      aria-multiselectable="true"
      aria-activedescendant={active >= first && active <= last ? tileId(active) : undefined}
      className={classes.scroller}
      data-stale={products.stale || undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <div
            key={item.index}
            role="row"
            aria-rowindex={item.index + 1}
            className={classes.row}
            style={{
              transform: `translateY(${item.start}px)`,
              height: HEIGHT,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {Array.from({ length: Math.min(columns, total - item.index * columns) }, (_, column) => {
              const index = item.index * columns + column;
              const product = products.at(index);
              if (product === undefined) {
                return (
                  <div
                    key={index}
                    role="gridcell"
                    aria-busy="true"
                    aria-colindex={column + 1}
                    className={classes.blank}
                  />
                );
              }
              const { sku, name, pictures, price, currency } = product;
              const isPicked = isChosen(chosen, sku);
              return (
                <div
                  key={index}
                  role="gridcell"
                  id={tileId(index)}
                  aria-colindex={column + 1}
                  aria-selected={isPicked}
                  className={classes.tile}
                  data-active={index === active || undefined}
                  onClick={(event) => {
                    setActive(index);
                    scroller.current?.focus({ preventScroll: true });
                    if (event.shiftKey) onPick(index, sku, "range");
                    else if (event.ctrlKey || event.metaKey) onPick(index, sku, "toggle");
                    else onOpen(sku);
                  }}
                >
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    className={classes.check}
                    checked={isPicked}
                    aria-label={t("Select {name}", { name })}
                    onChange={() => undefined}
                    onClick={(event) => {
                      event.stopPropagation();
                      onPick(index, sku, event.shiftKey ? "range" : "toggle");
                    }}
                  />
                  {pictures[0] === undefined ? (
                    <span className={classes.picture} role="img" aria-label={t("No picture")} />
                  ) : (
                    <img
                      className={classes.picture}
                      src={pictureUrl(pictures[0].hash, "thumbnail")}
                      alt=""
                      decoding="async"
                    />
                  )}
                  <span className={classes.name} title={name}>
                    {name}
                  </span>
                  <span className={classes.facts}>
                    <span>{formatPrice(price, currency)}</span>
                    {product.indexState !== "indexed" && (
                      <State state={product.indexState} reason={product.indexReason} />
                    )}
                  </span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
