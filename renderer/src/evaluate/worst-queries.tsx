import { IconMoodCheck, IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { WorstQuery } from "../../../shared/contract/evaluation-report.ts";
import { evaluationPictureUrl, runPhotoUrl } from "../lib/client.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatPercent } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import { verdictLabel } from "../lib/verdict.ts";
import classes from "./worst-queries.module.css";

const SIDE = 98;

/** Every mistake as the picture that was asked about, what was wanted, and what was answered; the surest first. */
export function WorstQueries({ id, worst }: { id: string; worst: readonly WorstQuery[] }) {
  if (worst.length === 0) {
    return (
      <EmptyState icon={IconMoodCheck} title={t("No mistakes")}>
        {t("Every product came first, none was missed, and nothing was called a match that is not there.")}
      </EmptyState>
    );
  }
  return (
    <ul className={classes.list} aria-label={t("Mistakes")}>
      {worst.map((one) => (
        <li key={`${one.query} ${one.asked}`} className={classes.item}>
          <div className={classes.pictures}>
            <figure>
              <figcaption>{t("Asked")}</figcaption>
              <QueryPicture id={id} query={one} />
            </figure>
            <figure>
              <figcaption>{t("Wanted")}</figcaption>
              {one.wanted === null ? (
                <span className={classes.nothing}>{t("Not in the catalogue")}</span>
              ) : (
                <Product named={one.wanted} />
              )}
            </figure>
            <figure>
              <figcaption>{t("Answered")}</figcaption>
              {one.given === null ? (
                <span className={classes.nothing}>{t("Nothing")}</span>
              ) : (
                <Product named={one.given} />
              )}
            </figure>
          </div>
          <p className={classes.words}>{sentence(one)}</p>
          <p className={classes.label}>{one.label}</p>
        </li>
      ))}
    </ul>
  );
}

function sentence({ asked, verdict, confidence, rank }: WorstQuery): string {
  const said = t("Said “{verdict}”, {sure} sure.", {
    verdict: verdict === null ? "–" : verdictLabel(verdict),
    sure: formatPercent(confidence),
  });
  if (asked === "absent") return said;
  if (rank === 1) return `${said} ${t("The right product came first all the same.")}`;
  const place =
    rank === null
      ? t("The right product was not among the candidates.")
      : t("The right product came in place {rank}.", { rank });
  return `${said} ${place}`;
}

function Product({ named }: { named: NonNullable<WorstQuery["wanted"]> }) {
  return (
    <Link href={`/catalogue?product=${encodeURIComponent(named.sku)}`} className={classes.product ?? ""}>
      <Thumbnail hash={named.picture} size={SIDE} />
      <span>{named.name}</span>
    </Link>
  );
}

function QueryPicture({ id, query }: { id: string; query: WorstQuery }) {
  const [broken, setBroken] = useState(false);
  const { picture, runId, label } = query;
  const url = picture === "run" && runId !== null ? runPhotoUrl(runId) : evaluationPictureUrl(id, query.query);
  if (broken) {
    return (
      <span className={classes.nothing}>
        <IconPhotoOff size={20} stroke={1.5} aria-hidden />
        {t("The photo is no longer kept")}
      </span>
    );
  }
  return (
    <img
      className={classes.query}
      width={SIDE}
      height={SIDE}
      src={url}
      alt={label}
      loading="lazy"
      decoding="async"
      onError={() => setBroken(true)}
    />
  );
}
