import { Table, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { ProductQuery } from "../../../shared/contract/catalog.ts";
import type { Product } from "../../../shared/contract/domain.ts";
import { formatPrice } from "../lib/format.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import { sortedBy } from "./address.ts";
import { IndexStateBadge } from "./index-state.tsx";
import classes from "./product-table.module.css";

interface Props {
  products: readonly Product[];
  query: ProductQuery;
  onSort: (sort: { sort: string; order: string }) => void;
  onOpen: (sku: string) => void;
}

interface Column {
  label: string;
  sort?: ProductQuery["sort"];
  numeric?: boolean;
}

const COLUMNS: readonly Column[] = [
  { label: "Product", sort: "name" },
  { label: "SKU", sort: "sku" },
  { label: "Category", sort: "category" },
  { label: "Brand" },
  { label: "Price", sort: "price", numeric: true },
  { label: "State" },
];

export function ProductTable({ products, query, onSort, onOpen }: Props) {
  return (
    <Table stickyHeader highlightOnHover verticalSpacing={6} className={classes.table ?? ""} aria-label="Products">
      <Table.Thead>
        <Table.Tr>
          {COLUMNS.map((column) => (
            <Heading key={column.label} column={column} query={query} onSort={onSort} />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {products.map((product) => (
          <Table.Tr key={product.sku} className={classes.row ?? ""} onClick={() => onOpen(product.sku)}>
            <Table.Td>
              <UnstyledButton
                className={classes.product ?? ""}
                onClick={(event) => {
                  event.stopPropagation();
                  onOpen(product.sku);
                }}
              >
                <Thumbnail hash={product.pictures[0]?.hash ?? null} size={40} />
                <span className={classes.name}>{product.name}</span>
              </UnstyledButton>
            </Table.Td>
            <Table.Td className={classes.sku ?? ""}>{product.sku}</Table.Td>
            <Table.Td>{product.category}</Table.Td>
            <Table.Td>{product.brand}</Table.Td>
            <Table.Td className={classes.price ?? ""}>{formatPrice(product.price, product.currency)}</Table.Td>
            <Table.Td>
              <IndexStateBadge state={product.indexState} reason={product.indexReason} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Heading({ column, query, onSort }: { column: Column; query: ProductQuery; onSort: Props["onSort"] }) {
  const { label, sort, numeric } = column;
  if (sort === undefined) return <Table.Th>{label}</Table.Th>;
  const active = query.sort === sort;
  const Arrow = query.order === "asc" ? IconArrowUp : IconArrowDown;
  return (
    <Table.Th aria-sort={active ? (query.order === "asc" ? "ascending" : "descending") : "none"}>
      <UnstyledButton
        className={classes.heading ?? ""}
        data-numeric={numeric || undefined}
        onClick={() => onSort(sortedBy(query, sort))}
      >
        {label}
        {active && <Arrow size={13} stroke={2.2} aria-hidden />}
      </UnstyledButton>
    </Table.Th>
  );
}
