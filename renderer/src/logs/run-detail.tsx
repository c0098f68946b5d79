import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Run } from "../../../shared/contract/journal.ts";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { FeedbackBar } from "../feedback/feedback-bar.tsx";
import type { Judged } from "../feedback/feedback-store.ts";
import { runPhotoUrl } from "../lib/client.ts";
import { formatPercent, formatPrice, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import { ComparedTimings } from "./compared-timings.tsx";
import classes from "./run-detail.module.css";
import { RunLines } from "./run-lines.tsx";
import { FEEDBACK_WORDS, KIND_WORDS } from "./run-words.ts";
import { VerdictBadge } from "./verdict-badge.tsx";

export function RunDetail({ run, actions }: { run: Run; actions: ReactNode }) {
  const { result, error, feedback } = run;
  return (
    <div className={classes.detail}>
      <Group justify="space-between">
        <VerdictBadge run={run} />
        {actions}
      </Group>
      <dl className={classes.facts}>
        <Fact name={t("Time")}>{formatTime(run.time)}</Fact>
        <Fact name={t("Asked with")}>{t(KIND_WORDS[run.kind])}</Fact>
        {run.source !== null && <Fact name={t("File")}>{run.source}</Fact>}
        {run.text !== null && <Fact name={t("Words")}>{run.text}</Fact>}
        <Fact name={t("Run")}>
          <code>{run.runId}</code>
        </Fact>
        {result !== null && (
          <Fact name={t("Encoder")}>
            <code>{result.fingerprint}</code>
          </Fact>
        )}
        {feedback !== null && (
          <Fact name={t("Judged")}>
            {t(FEEDBACK_WORDS[feedback.answer])}
            {feedback.sku !== null && `: ${feedback.sku}`}
            {feedback.note !== null && ` (${feedback.note})`}
          </Fact>
        )}
      </dl>
      {result !== null && error === null && (
        <div className={classes.judge}>
          <FeedbackBar judged={judgedOf(run, result)} said={feedback} complete />
        </div>
      )}
      {error !== null && (
        <Section title={t("Error")}>
          <Text size="sm">{error.message}</Text>
          <Text size="xs" c="dimmed">
            {error.code}
            {error.retryable && `, ${t("may go through on another try")}`}
          </Text>
        </Section>
      )}
      {run.photo !== null && (
        <Section title={t("Photo")}>
          <img className={classes.photo} src={runPhotoUrl(run.runId)} alt={run.source ?? t("The query")} />
        </Section>
      )}
      {result !== null && (
        <>
          <Section title={t("Candidates")}>
            <ol className={classes.candidates}>
              {result.matches.map((candidate) => (
                <li key={candidate.sku}>
                  <Link
                    href={`/catalogue?product=${encodeURIComponent(candidate.sku)}`}
                    className={classes.candidate ?? ""}
                  >
                    <Thumbnail hash={candidate.picture} size={36} />
                    <span className={classes.name}>{candidate.name}</span>
                    <span>{formatPrice(candidate.price, candidate.currency)}</span>
                    <strong>{formatPercent(candidate.confidence)}</strong>
                  </Link>
                </li>
              ))}
            </ol>
          </Section>
          <Section title={t("Timings")}>
            <ComparedTimings time={run.time} timings={result.timings} />
          </Section>
          {result.description !== null && result.description.caption !== "" && (
            <Section title={t("Description")}>
              <Text size="sm">{result.description.caption}</Text>
            </Section>
          )}
        </>
      )}
      <Section title={t("What it logged")}>
        <RunLines runId={run.runId} />
      </Section>
    </div>
  );
}

/** The run as a person judges it later: its photo is here only where the journal has kept it. */
function judgedOf({ runId, photo }: Run, { verdict, matches }: MatchResult): Judged {
  return {
    ...{ runId, photo: null, pictured: photo !== null },
    first: verdict === "none" ? null : (matches[0]?.sku ?? null),
  };
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className={classes.title}>{title}</h3>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
