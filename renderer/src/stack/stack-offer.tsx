import { Anchor, CloseButton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { t } from "../lib/i18n/i18n.ts";
import { Rich } from "../lib/i18n/rich.tsx";
import { api, healthQuery } from "../lib/queries.ts";
import { mayOffer, offers } from "./offer.ts";
import classes from "./stack-offer.module.css";

/** One line at a first start, where Docker is ready: that there is a stack, and where. Gone for good once dismissed. */
export function StackOffer() {
  const [dismissed, setDismissed] = useLocalStorage({
    key: "shelfmatch-stack-offer-dismissed",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const health = useQuery(healthQuery);
  const situation = { dismissed, products: health.data?.products?.total, profile: health.data?.profile };
  const status = useQuery(
    api.stack.status.queryOptions({
      enabled: mayOffer(situation),
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
  );
  if (!offers(situation, status.data)) return null;
  return (
    <p className={classes.offer}>
      <span>
        <Rich
          id="Docker is on this machine: models, vectors and catalogue can run on <0>services of their own</0>."
          parts={[<Anchor key="0" component={Link} href="/stack" inherit underline="always" />]}
        />
      </span>
      <CloseButton size="sm" aria-label={t("Do not offer the stack again")} onClick={() => setDismissed(true)} />
    </p>
  );
}
