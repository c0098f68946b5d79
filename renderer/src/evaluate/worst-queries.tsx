import { IconMoodCheck, IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { WorstQuery } from "../../../shared/contract/evaluation-report.ts";
import { evaluationPictureUrl, runPhotoUrl } from "../lib/client.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatPercent } from "../lib/format.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import { verdictLabel } from "../lib/verdict.ts";
import classes from "./worst-queries.module.css";

const SIDE = 98;

/** Every mistake as the picture that was asked about, what was wanted, and what was answered; the surest first. */
export function WorstQueries({ id, worst }: { id: string; worst: readonly WorstQuery[] }) {
  if (worst.length === 0) {
    return (
      <EmptyState icon={IconMoodCheck} title="No mistakes">
        Every product came first, none was missed, and nothing was called a match that is not there.
      </EmptyState>
    );
  }
  return (
    <ul className={classes.list} aria-label="Mistakes">
      {worst.map((one) => (
        <li key={`${one.query} ${one.asked}`} className={classes.item}>
          <div className={classes.pictures}>
            <figure>
              <figcaption>Asked</figcaption>
              <QueryPicture id={id} query={one} />
            </figure>
            <figure>
              <figcaption>Wanted</figcaption>
              {one.wanted === null ? (
                <span className={classes.nothing}>Not in the catalogue</span>
              ) : (
                <Product named={one.wanted} />
              )}
            </figure>
            <figure>
              <figcaption>Answered</figcaption>
              {one.given === null ? <span className={classes.nothing}>Nothing</span> : <Product named={one.given} />}
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
  const said = `Said “${verdict === null ? "–" : verdictLabel(verdict)}”, ${formatPercent(confidence)} sure.`;
  if (asked === "absent") return said;
  if (rank === 1) return `${said} The right product came first all the same.`;
  return `${said} The right product ${rank === null ? "was not among the candidates" : `came in place ${rank}`}.`;
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
        The photo is no longer kept
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
