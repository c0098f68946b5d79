import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import type { Candidate } from "../../../shared/contract/match.ts";
import { formatPercent, formatPrice } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./product-facts.module.css";

/** The product that is compared just now. */
export function ProductFacts({ candidate }: { candidate: Candidate }) {
  return (
    <div className={classes.facts} data-testid="product">
      <div className={classes.main}>
        <Anchor
          component={Link}
          href={`/catalogue?product=${encodeURIComponent(candidate.sku)}`}
          className={classes.name ?? ""}
          title={candidate.name}
        >
          {candidate.name}
        </Anchor>
        <span className={classes.price}>{formatPrice(candidate.price, candidate.currency)}</span>
      </div>
      <dl className={classes.list}>
        <Fact name={t("SKU")} value={candidate.sku} />
        {candidate.category !== "" && <Fact name={t("Category")} value={candidate.category} />}
        {candidate.brand !== "" && <Fact name={t("Brand")} value={candidate.brand} />}
        <Fact name={t("Confidence")} value={formatPercent(candidate.confidence)} />
      </dl>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd title={value}>{value}</dd>
    </div>
  );
}
