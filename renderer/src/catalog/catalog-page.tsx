import "../lib/zod-without-eval.ts";
import { Button, Pagination } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconCopy, IconPackageImport, IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "wouter";
import { ImportDialog } from "../import/import-dialog.tsx";
import { startSampleImport } from "../import/import-run.ts";
import { changedParams, type ParamChanges } from "../lib/address.ts";
import { formatCount } from "../lib/format.ts";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { PAGE_SIZE, queryOf } from "./address.ts";
import classes from "./catalog-page.module.css";
import { DraftsButton } from "./drafts-button.tsx";
import { DraftsDrawer } from "./drafts-drawer.tsx";
import { Filters } from "./filters.tsx";
import { NoProducts } from "./no-products.tsx";
import { ProductDrawer } from "./product-drawer.tsx";
import { ProductTable } from "./product-table.tsx";
import { SearchBox } from "./search-box.tsx";
import { TableSkeleton } from "./table-skeleton.tsx";

/** While products wait for the index, their state changes without anybody doing anything. */
const INDEXING_POLL_MS = 1_500;

export function CatalogPage() {
  const [params, setParams] = useSearchParams();
  const query = queryOf(params);
  const change = (changes: ParamChanges, replace = false) =>
    setParams((now) => changedParams(now, changes), { replace });
  const list = useQuery(
    api.catalog.list.queryOptions({
      input: query,
      placeholderData: keepPreviousData,
      refetchInterval: ({ state }) =>
        state.data?.items.some((product) => product.indexState === "pending") ? INDEXING_POLL_MS : false,
    }),
  );
  useHotkeys([
    ["N", () => change({ add: "1" })],
    ["I", () => change({ import: "1" })],
  ]);

  const filtered = ["text", "category", "brand", "indexState", "confirmed"].some((key) => params.has(key));
  const pages = Math.max(1, Math.ceil((list.data?.total ?? 0) / PAGE_SIZE));
  const importing = params.has("import");

  return (
    <Page
      title="Catalogue"
      actions={
        <>
          <DraftsButton onOpen={() => change({ drafts: "1" })} />
          <Button
            component={Link}
            href="/catalogue/duplicates"
            variant="default"
            leftSection={<IconCopy size={16} stroke={1.7} />}
          >
            Duplicates
          </Button>
          <Button
            variant="default"
            leftSection={<IconPackageImport size={16} stroke={1.7} />}
            onClick={() => change({ import: "1" })}
          >
            Import
          </Button>
          <Button leftSection={<IconPlus size={16} stroke={2} />} onClick={() => change({ add: "1" })}>
            Add a product
          </Button>
        </>
      }
    >
      <div className={classes.tools}>
        <SearchBox value={params.get("text") ?? ""} onSearch={(text) => change({ text, page: undefined }, true)} />
        <Filters
          facets={list.data?.facets}
          query={query}
          onChange={(changes) => change({ ...changes, page: undefined })}
        />
        <span className={classes.count} role="status">
          {list.data !== undefined &&
            `${formatCount(list.data.total)} ${list.data.total === 1 ? "product" : "products"}`}
        </span>
      </div>
      {list.isError && <ProblemNote problem={toProblem(list.error)} onRetry={() => void list.refetch()} />}
      {list.isPending && <TableSkeleton />}
      {list.data !== undefined && list.data.total === 0 && (
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
      {list.data !== undefined && list.data.total > 0 && (
        <div className={classes.table} data-stale={list.isPlaceholderData || undefined}>
          <ProductTable
            products={list.data.items}
            query={query}
            onSort={(sort) => change({ ...sort, page: undefined })}
            onOpen={(sku) => change({ product: sku })}
          />
        </div>
      )}
      {pages > 1 && (
        <Pagination
          className={classes.pages ?? ""}
          size="sm"
          total={pages}
          value={query.page}
          onChange={(page) => change({ page: String(page) })}
          getControlProps={(control) => ({ "aria-label": `${control} page` })}
        />
      )}
      <ProductDrawer
        sku={params.get("product")}
        adding={params.has("add")}
        onClose={() => change({ product: undefined, add: undefined })}
        onAdded={(sku) => change({ add: undefined, product: sku }, true)}
      />
      <DraftsDrawer opened={params.has("drafts")} onClose={() => change({ drafts: undefined })} />
      <ImportDialog opened={importing} onClose={() => change({ import: undefined })} />
    </Page>
  );
}
