import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Product } from "../../../../shared/contract/domain.ts";
import { client } from "../../lib/client.ts";
import { t } from "../../lib/i18n/i18n.ts";
import { toProblem } from "../../lib/problem.ts";
import { api } from "../../lib/queries.ts";
import { draftOf, fieldsOf } from "../draft.ts";
import type { Column, EditedField } from "./columns.ts";
import classes from "./grid.module.css";

interface Props {
  product: Product;
  column: Column & { edits: EditedField };
  /** @param move where the person goes on: down after Enter, right after Tab */
  onDone: (move: "stay" | "down" | "right") => void;
  onSaved: (product: Product) => void;
}

/** A cell as it is edited: Enter saves, Escape leaves it as it was; what is wrong is said below it. */
export function CellEditor({ product, column, onDone, onSaved }: Props) {
  const { edits } = column;
  const [value, setValue] = useState(fieldsOf(product)[edits]);
  const [error, setError] = useState<string | null>(null);
  // What the product was when it was opened; after a conflict, what it is by now.
  const known = useRef(product);
  const input = useRef<HTMLInputElement>(null);
  const left = useRef(false);
  const queries = useQueryClient();
  useEffect(() => input.current?.select(), []);

  const save = useMutation({
    mutationFn: (changes: object) =>
      client.catalog.update({ ...changes, sku: product.sku, expected: known.current.updatedAt }),
    onSuccess: (saved) => {
      queries.setQueryData(api.catalog.get.queryKey({ input: { sku: saved.sku } }), saved);
      onSaved(saved);
    },
  });

  const commit = async (move: "stay" | "down" | "right") => {
    if (left.current || save.isPending) return;
    const before = fieldsOf(known.current)[edits];
    if (value.trim() === before) {
      left.current = true;
      return onDone(move);
    }
    const checked = draftOf({ ...fieldsOf(known.current), [edits]: value });
    const wrong = "errors" in checked ? checked.errors[edits] : undefined;
    if (wrong !== undefined) return setError(wrong);
    if ("errors" in checked && edits === "price" && checked.errors.currency !== undefined) {
      return setError(checked.errors.currency);
    }
    // Another field's fault is not this cell's.
    const draft = "draft" in checked ? checked.draft : null;
    try {
      await save.mutateAsync({ [edits]: draft === null ? value.trim() : draft[edits] });
      left.current = true;
      onDone(move);
    } catch (thrown) {
      const problem = toProblem(thrown);
      input.current?.focus();
      if (problem.code !== "PRODUCT_CHANGED") return setError(problem.message);
      known.current = await client.catalog.get({ sku: product.sku });
      const theirs = fieldsOf(known.current)[edits];
      setError(
        t("Changed meanwhile: it says “{theirs}” now. Enter writes yours over it, Escape leaves it.", {
          theirs: theirs === "" ? "–" : theirs,
        }),
      );
    }
  };

  return (
    <div className={classes.editor}>
      <input
        ref={input}
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        className={classes.input}
        aria-label={t(column.label)}
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : "cell-error"}
        value={value}
        readOnly={save.isPending}
        onChange={(event) => {
          setValue(event.currentTarget.value);
          setError(null);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") {
            event.preventDefault();
            void commit("down");
          } else if (event.key === "Tab" && !event.shiftKey) {
            event.preventDefault();
            void commit("right");
          } else if (event.key === "Escape") {
            event.preventDefault();
            left.current = true;
            onDone("stay");
          }
        }}
        onBlur={() => {
          if (error === null) void commit("stay");
        }}
      />
      {error !== null && (
        <div id="cell-error" role="alert" className={classes.error}>
          {error}
        </div>
      )}
    </div>
  );
}
