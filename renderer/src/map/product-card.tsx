import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { formatPrice } from "../lib/format.ts";
import { api } from "../lib/queries.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import classes from "./map-page.module.css";

interface Props {
  sku: string;
  /** Until the product is there. */
  name: string;
  /** Side of the picture in pixels. */
  size: number;
  linked?: boolean;
}

const FRESH_MS = 60_000;

/** A product of the map: picture, name, what else tells it. */
export function ProductCard({ sku, name, size, linked = false }: Props) {
  const { data } = useQuery(api.catalog.get.queryOptions({ input: { sku }, staleTime: FRESH_MS, retry: false }));
  const detail = [sku, data?.category, data && data.price !== null ? formatPrice(data.price, data.currency) : ""];
  return (
    <>
      <Thumbnail hash={data?.pictures[0]?.hash ?? null} size={size} />
      <span className={classes.words}>
        {linked ? (
          <Link className={classes.name ?? ""} href={`/catalogue?product=${encodeURIComponent(sku)}`}>
            {data?.name ?? name}
          </Link>
        ) : (
          <span className={classes.name}>{data?.name ?? name}</span>
        )}
        <span className={classes.detail}>{detail.filter(Boolean).join(" · ")}</span>
      </span>
    </>
  );
}
