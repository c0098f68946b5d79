import "../lib/zod-without-eval.ts";
import { ActionIcon, Button, SegmentedControl, VisuallyHidden } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconCopy, IconLayoutGrid, IconPackageImport, IconPlus, IconTable, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { ExportDialog } from "../import/export-catalogue.tsx";
import { ImportDialog } from "../import/import-dialog.tsx";
import { startSampleImport } from "../import/import-run.ts";
import { ImportWatcher } from "../import/import-watcher.tsx";
import { changedParams, type ParamChanges } from "../lib/address.ts";
import { client } from "../lib/client.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { FILTERS, queryOf, searchOf } from "./address.ts";
import { BinDrawer } from "./bin-drawer.tsx";
import { BulkStatus } from "./bulk/bulk-status.tsx";
import { SelectionBar } from "./bulk/selection-bar.tsx";
import classes from "./catalog-page.module.css";
import { ColumnsMenu } from "./columns-menu.tsx";
import { DraftsButton } from "./drafts-button.tsx";
import { DraftsDrawer } from "./drafts-drawer.tsx";
import { Filters } from "./filters.tsx";
import { type GridProps, ProductGrid } from "./grid/product-grid.tsx";
import { ProductWall } from "./grid/product-wall.tsx";
import { type Chosen, countOf, isChosen, NOTHING, withChosen } from "./grid/selection.ts";
import { useProducts } from "./grid/use-products.ts";
import { NoProducts } from "./no-products.tsx";
import { ProductDrawer } from "./product-drawer.tsx";
import { SearchBox } from "./search-box.tsx";
import { TableSkeleton } from "./table-skeleton.tsx";
import { useFacets } from "./use-facets.ts";
import { ViewsMenu } from "./views-menu.tsx";

export function CatalogPage() {
  const [params, setParams] = useSearchParams();
  const query = queryOf(params);
  const key = JSON.stringify(query);
  const change = (changes: ParamChanges, replace = false) =>
    setParams((now) => changedParams(now, changes), { replace });
  const [range, setRange] = useState({ first: 0, last: 0 });
  const products = useProducts(query, range);
  const facets = useFacets(query);
  const [chosen, setChosen] = useState<Chosen>(NOTHING);
  const anchor = useRef<number | null>(null);
  const queries = useQueryClient();
  // What was chosen belongs to the filter that it was chosen in.
  useEffect(() => {
    setChosen(NOTHING);
    anchor.current = null;
  }, [key]);
  useHotkeys([
    ["N", () => change({ add: "1" })],
    ["I", () => change({ import: "1" })],
  ]);

  const pick: GridProps["onPick"] = async (index, sku, how) => {
    const from = anchor.current;
    if (how === "toggle" || from === null) {
      anchor.current = index;
      setChosen((now) => withChosen(now, [sku], !isChosen(now, sku)));
      return;
    }
    const [first, last] = [Math.min(from, index), Math.max(from, index)];
    const { page: _page, pageSize: _size, facets: _facets, ...rest } = query;
    const between = Array.from({ length: last - first + 1 }, (_, at) => products.at(first + at)?.sku);
    const skus = between.every((one) => one !== undefined)
      ? between
      : await client.catalog.skus({ ...rest, offset: first, limit: last - first + 1 });
    setChosen((now) => withChosen(now, skus as string[], true));
  };
  const onRange = useCallback((next: { first: number; last: number }) => setRange(next), []);
  const onSaved = () => void queries.invalidateQueries({ queryKey: api.catalog.list.key() });

  const filtered = FILTERS.some((name) => params.has(name));
  const total = products.total;
  const wall = params.get("view") === "wall";
  const choosing = countOf(chosen, total ?? 0) > 0;
  const shared: GridProps = {
    ...{ query, products, chosen, onRange, onSaved },
    onChoose: (next) => {
      anchor.current = null;
      setChosen(next);
    },
    onPick: (index, sku, how) => void pick(index, sku, how),
    onOpen: (sku) => change({ product: sku }),
    onSort: (sort) => change(sort),
  };

  return (
    <Page
      title={t("Catalogue")}
      actions={
        <>
          <DraftsButton onOpen={() => change({ drafts: "1" })} />
          <ActionIcon
            variant="default"
            size={36}
            aria-label={t("Deleted products")}
            title={t("Deleted products")}
            onClick={() => change({ bin: "1" })}
          >
            <IconTrash size={17} stroke={1.7} />
          </ActionIcon>
          <Button
            component={Link}
            href="/catalogue/duplicates"
            variant="default"
            leftSection={<IconCopy size={16} stroke={1.7} />}
          >
            {t("Duplicates")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconPackageImport size={16} stroke={1.7} />}
            onClick={() => change({ import: "1" })}
          >
            {t("Import")}
          </Button>
          <Button leftSection={<IconPlus size={16} stroke={2} />} onClick={() => change({ add: "1" })}>
            {t("Add a product")}
          </Button>
        </>
      }
    >
      <div className={classes.bar}>
        {/* Stays in its place below the other bar: nothing moves when a product is chosen. */}
        <div className={classes.tools} inert={choosing} data-hidden={choosing || undefined}>
          <SearchBox value={params.get("text") ?? ""} onSearch={(text) => change({ text }, true)} />
          <Filters facets={facets} query={query} onChange={change} />
          <ViewsMenu search={searchOf(params)} onChoose={(search) => setParams(new URLSearchParams(search))} />
          <span className={classes.count} role="status">
            {total !== null && t("{count, plural, one {# product} other {# products}}", { count: total })}
          </span>
          <SegmentedControl
            aria-label={t("Shown as")}
            value={wall ? "wall" : "grid"}
            onChange={(view) => change({ view: view === "wall" ? "wall" : undefined })}
            data={[
              { value: "grid", label: <Choice icon={IconTable} label={t("Grid")} /> },
              { value: "wall", label: <Choice icon={IconLayoutGrid} label={t("Picture wall")} /> },
            ]}
          />
          {!wall && <ColumnsMenu />}
        </div>
        {choosing && <SelectionBar chosen={chosen} total={total ?? 0} query={query} onChoose={shared.onChoose} />}
      </div>
      <BulkStatus />
      {products.error !== null && <ProblemNote problem={toProblem(products.error)} onRetry={products.refetch} />}
      {total === null && products.error === null && <TableSkeleton />}
      {total === 0 && (
        <NoProducts
          filtered={filtered}
          onClear={() => setParams(new URLSearchParams())}
          onImport={() => change({ import: "1" })}
          onSample={() => {
            change({ import: "1" });
            void startSampleImport();
          }}
          onAdd={() => change({ add: "1" })}
        />
      )}
      {total !== null && total > 0 && (wall ? <ProductWall {...shared} /> : <ProductGrid {...shared} />)}
      <ProductDrawer
        sku={params.get("product")}
        tab={params.get("tab")}
        adding={params.has("add")}
        onTab={(tab) => change({ tab }, true)}
        onClose={() => change({ product: undefined, add: undefined, tab: undefined })}
        onAdded={(sku) => change({ add: undefined, product: sku }, true)}
      />
      <DraftsDrawer opened={params.has("drafts")} onClose={() => change({ drafts: undefined })} />
      <BinDrawer opened={params.has("bin")} onClose={() => change({ bin: undefined })} />
      <ImportWatcher />
      <ExportDialog opened={params.has("export")} onClose={() => change({ export: undefined })} />
      <ImportDialog opened={params.has("import")} onClose={() => change({ import: undefined })} />
    </Page>
  );
}

function Choice({ icon: Icon, label }: { icon: typeof IconTable; label: string }) {
  return (
    <span title={label} className={classes.choice}>
      <Icon size={17} stroke={1.7} aria-hidden />
      <VisuallyHidden>{label}</VisuallyHidden>
    </span>
  );
}
