import { Badge, Skeleton } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { IconCheck, IconPencil, IconX } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { BatchItem } from "../../../shared/contract/batch.ts";
import { batchPictureUrl } from "../lib/client.ts";
import { formatPercent } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import type { Look } from "./address.ts";
import classes from "./item-list.module.css";
import { DECISION_LABEL, OUTCOME_COLOR, OUTCOME_LABEL, outcomeOfItem } from "./labels.ts";
import { QueryPhoto } from "./query-photo.tsx";
import { useItems } from "./use-items.ts";

interface Props {
  batch: string;
  look: Look;
  items: readonly number[];
  chosen: number | null;
  onOpen: (item: number) => void;
}

/** Pixels: of a row of the list, and of a tile of the wall. */
const ROW = 66;
const TILE = { width: 178, height: 150 };
const OVERSCAN = 4;

/** Photos beside their best matches; of tens of thousands those in sight alone are there. */
export function ItemList({ batch, look, items, chosen, onOpen }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sized, width } = useElementSize();
  const ref = useMergedRef(scroller, sized);
  const columns = look === "wall" ? Math.max(1, Math.floor(width / TILE.width)) : 1;
  const rows = useVirtualizer({
    count: Math.ceil(items.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => (look === "wall" ? TILE.height : ROW),
    overscan: OVERSCAN,
  });
  useEffect(() => rows.measure(), [rows, look]);

  const place = chosen === null ? -1 : items.indexOf(chosen);
  const row = place < 0 ? -1 : Math.floor(place / columns);
  // Whoever goes on by the keyboard, or comes by a link, sees where.
  useEffect(() => {
    if (row >= 0 && width > 0) rows.scrollToIndex(row, { align: "auto" });
  }, [rows, row, width]);

  const shown = rows.getVirtualItems();
  const from = (shown[0]?.index ?? 0) * columns;
  const to = Math.min(items.length, ((shown.at(-1)?.index ?? 0) + 1) * columns);
  const known = useItems(batch, items, from, to);

  return (
    <div
      ref={ref}
      className={classes.scroller}
      role="listbox"
      tabIndex={0}
      aria-label={t("Photos")}
      aria-activedescendant={place >= from && place < to ? `item-${chosen}` : undefined}
    >
      <div className={classes.all} style={{ height: rows.getTotalSize() }} role="presentation">
        {shown.map(({ index, start, size }) => (
          <div
            key={index}
            className={classes.line}
            style={{
              transform: `translateY(${start}px)`,
              height: size,
              gridTemplateColumns: `repeat(${columns}, 1fr)`,
            }}
            role="presentation"
          >
            {items.slice(index * columns, (index + 1) * columns).map((number, at) => (
              <Option
                key={number}
                batch={batch}
                number={number}
                item={known.get(number)}
                wall={look === "wall"}
                chosen={number === chosen}
                place={index * columns + at + 1}
                count={items.length}
                onOpen={onOpen}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface OptionProps {
  batch: string;
  number: number;
  item: BatchItem | undefined;
  wall: boolean;
  chosen: boolean;
  place: number;
  count: number;
  onOpen: (item: number) => void;
}

function Option({ batch, number, item, wall, chosen, place, count, onOpen }: OptionProps) {
  const picture = wall ? 80 : 50;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box has the keys
    <div
      id={`item-${number}`}
      role="option"
      tabIndex={-1}
      className={wall ? classes.tile : classes.row}
      aria-selected={chosen}
      aria-posinset={place}
      aria-setsize={count}
      data-decided={item?.decision != null || undefined}
      onClick={() => onOpen(number)}
    >
      {item === undefined ? (
        <Skeleton height={picture} radius={8} aria-label={t("Loading")} />
      ) : (
        <>
          <span className={classes.pair}>
            <QueryPhoto
              url={batchPictureUrl(batch, number, "thumbnail")}
              size={picture}
              loaded={item.state === "done" || item.state === "skipped"}
            />
            <Thumbnail hash={item.best?.picture ?? null} size={picture} />
          </span>
          <span className={classes.words}>
            <span className={classes.name}>
              {item.best?.name ?? item.error?.message ?? t(OUTCOME_LABEL[outcomeOfItem(item)])}
            </span>
            <span className={classes.file} title={item.file}>
              {item.file}
            </span>
          </span>
          <span className={classes.marks}>
            <Outcome item={item} wall={wall} />
            <Decision item={item} />
          </span>
        </>
      )}
    </div>
  );
}

function Outcome({ item, wall }: { item: BatchItem; wall: boolean }) {
  const outcome = outcomeOfItem(item);
  const sure = item.confidence === null ? null : formatPercent(item.confidence);
  return (
    <Badge variant="light" color={OUTCOME_COLOR[outcome]} tt="none" fw={550} size={wall ? "sm" : "md"}>
      {outcome === "none" || sure === null ? t(OUTCOME_LABEL[outcome]) : `${t(OUTCOME_LABEL[outcome])} ${sure}`}
    </Badge>
  );
}

const ICONS = { right: IconCheck, this: IconPencil, absent: IconX } as const;

function Decision({ item: { decision } }: { item: BatchItem }) {
  if (decision === null) return null;
  const Icon = ICONS[decision.answer];
  const { product } = decision;
  const name = t(DECISION_LABEL[decision.answer]);
  return (
    <span
      className={classes.decision}
      data-answer={decision.answer}
      title={product === null ? name : `${name}: ${product.name}`}
    >
      <Icon size={13} stroke={2.4} role="img" aria-label={name} />
    </span>
  );
}
