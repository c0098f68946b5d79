import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CopyTextButton } from "../lib/copy-button.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { factsOf, reportText } from "./about-facts.ts";
import classes from "./about-tab.module.css";
import card from "./card.module.css";
import { LicenceList } from "./licence-list.tsx";

export function AboutTab() {
  const about = useQuery(api.system.about.queryOptions());
  const groups = about.data === undefined ? [] : factsOf(about.data, navigator.userAgent);
  return (
    <div className={classes.columns}>
      <section className={card.card} aria-labelledby="about-facts">
        <div className={classes.head}>
          <h2 id="about-facts" className={classes.cardTitle}>
            {t("About this installation")}
          </h2>
          {groups.length > 0 && <CopyTextButton text={reportText(groups)} label={t("Copy for a bug report")} />}
        </div>
        {about.isPending && <Skeleton height={280} />}
        {about.isError && <ProblemNote problem={toProblem(about.error)} onRetry={() => void about.refetch()} />}
        {groups.map(({ title, facts }) => (
          <div key={title}>
            <h3 className={classes.groupTitle}>{title}</h3>
            <dl className={card.facts}>
              {facts.map(([name, value]) => (
                <div key={name} className={card.fact}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
        {groups.length > 0 && (
          <p className={classes.quiet}>{t("What is copied is what stands here: no paths, addresses or settings.")}</p>
        )}
      </section>
      <LicenceList />
    </div>
  );
}
