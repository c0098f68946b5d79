import { memo } from "react";
import type { IndexState, Product } from "../../../../shared/contract/domain.ts";
import { pictureUrl } from "../../lib/client.ts";
import { t } from "../../lib/i18n/i18n.ts";
import { STATES } from "../index-state.tsx";
import { CellEditor } from "./cell-editor.tsx";
import type { Column, EditedField } from "./columns.ts";
import classes from "./grid.module.css";

/** Pixels. */
export const ROW_HEIGHT = 52;

export interface RowActions {
  open(sku: string): void;
  pick(index: number, sku: string, how: "toggle" | "range"): void;
  activate(index: number, column: number): void;
  edit(index: number, column: number): void;
  edited(move: "stay" | "down" | "right"): void;
  saved(product: Product): void;
}

interface Props {
  index: number;
  /** Pixels from the list's top. */
  top: number;
  /** Undefined while it is on its way. */
  product: Product | undefined;
  columns: readonly Column[];
  chosen: boolean;
  /** Column that the keyboard is at; null in other rows. 0 is the box. */
  active: number | null;
  editing: boolean;
  actions: RowActions;
}

export const cellId = (row: number, column: number) => `cell-${row}-${column}`;

/** A product's row. Plain elements: a screen of them is drawn anew at every step of the wheel. */
export const Row = memo(function Row({ index, top, product, columns, chosen, active, editing, actions }: Props) {
  const style = { transform: `translateY(${top}px)`, height: ROW_HEIGHT };
  if (product === undefined) {
    return (
      <div role="row" aria-rowindex={index + 2} aria-busy="true" className={classes.row} style={style}>
        <div role="gridcell" aria-colindex={1} className={classes.box} />
        {columns.map((column, at) => (
          <div key={column.id} role="gridcell" aria-colindex={at + 2} className={classes.cell}>
            {column.id === "name" && <span className={classes.blankPicture} />}
            <span className={classes.blank} />
          </div>
        ))}
      </div>
    );
  }
  const { sku } = product;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={classes.row}
      style={style}
      onClick={(event) => {
        if (event.shiftKey) actions.pick(index, sku, "range");
        else if (event.ctrlKey || event.metaKey) actions.pick(index, sku, "toggle");
      }}
    >
      <div
        role="gridcell"
        id={cellId(index, 0)}
        aria-colindex={1}
        className={classes.box}
        data-active={active === 0 || undefined}
      >
        <input
          type="checkbox"
          tabIndex={-1}
          className={classes.check}
          checked={chosen}
          aria-label={t("Select {name}", { name: product.name })}
          onChange={() => undefined}
          onClick={(event) => {
            event.stopPropagation();
            actions.activate(index, 0);
            actions.pick(index, sku, event.shiftKey ? "range" : "toggle");
          }}
        />
      </div>
      {columns.map((column, at) => (
        <Cell
          key={column.id}
          column={column}
          product={product}
          row={index}
          at={at + 1}
          isActive={active === at + 1}
          editing={editing && active === at + 1}
          actions={actions}
        />
      ))}
    </div>
  );
});

interface CellProps {
  column: Column;
  product: Product;
  row: number;
  at: number;
  isActive: boolean;
  editing: boolean;
  actions: RowActions;
}

const isEdited = (column: Column): column is Column & { edits: EditedField } => column.edits !== undefined;

function Cell({ column, product, row, at, isActive, editing, actions }: CellProps) {
  return (
    <div
      role="gridcell"
      id={cellId(row, at)}
      aria-colindex={at + 1}
      aria-readonly={!isEdited(column)}
      className={classes.cell}
      data-active={isActive || undefined}
      data-numeric={column.numeric || undefined}
      onMouseDown={() => {
        if (!editing) actions.activate(row, at);
      }}
      onDoubleClick={() => {
        if (isEdited(column)) actions.edit(row, at);
      }}
    >
      {column.id === "name" && <Picture hash={product.pictures[0]?.hash} />}
      {editing && isEdited(column) ? (
        <CellEditor product={product} column={column} onDone={actions.edited} onSaved={actions.saved} />
      ) : (
        <Content column={column} product={product} actions={actions} />
      )}
    </div>
  );
}

function Content({ column, product, actions }: Pick<CellProps, "column" | "product" | "actions">) {
  if (column.id === "name") {
    return (
      <button
        type="button"
        tabIndex={-1}
        className={classes.name}
        onClick={(event) => {
          if (event.shiftKey || event.ctrlKey || event.metaKey || event.detail > 1) return;
          event.stopPropagation();
          actions.open(product.sku);
        }}
      >
        {product.name}
      </button>
    );
  }
  if (column.id === "state") return <State state={product.indexState} reason={product.indexReason} />;
  const text = column.text(product);
  return (
    <span className={classes.text} title={text}>
      {text}
    </span>
  );
}

function Picture({ hash }: { hash: string | undefined }) {
  if (hash === undefined) return <span className={classes.blankPicture} role="img" aria-label={t("No picture")} />;
  return <img className={classes.picture} src={pictureUrl(hash, "thumbnail")} alt="" decoding="async" />;
}

export function State({ state, reason }: { state: IndexState; reason: string | null }) {
  const { label, help } = STATES[state];
  return (
    <span className={classes.state} data-state={state} title={reason ?? t(help)}>
      {t(label)}
    </span>
  );
}
