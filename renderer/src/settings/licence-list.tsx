import { Skeleton, TextInput } from "@mantine/core";
import { IconChevronRight, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatCount } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import classes from "./about-tab.module.css";
import card from "./card.module.css";
import { fetchLicences, found, type Licences, type Shipped } from "./licences.ts";

const KINDS: Record<Shipped["kind"], Message> = {
  app: msg("This app"),
  package: msg("Package"),
  runtime: msg("Runtime"),
  weights: msg("Model weights"),
  font: msg("Font"),
  samples: msg("Samples"),
};

/** Everything that is shipped, with its licence and the text of it. */
export function LicenceList() {
  const licences = useQuery({
    queryKey: ["licences"],
    queryFn: fetchLicences,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const [words, setWords] = useState("");
  return (
    <section className={card.card} aria-labelledby="about-licences">
      <div className={classes.head}>
        <h2 id="about-licences" className={classes.cardTitle}>
          {t("Licences")}
        </h2>
        <TextInput
          size="xs"
          aria-label={t("Search the licences")}
          placeholder={t("Name or licence")}
          leftSection={<IconSearch size={14} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      {licences.isPending && <Skeleton height={240} />}
      {licences.isError && <p className={classes.quiet}>{licences.error.message}</p>}
      {licences.data !== undefined && <List licences={licences.data} words={words} />}
    </section>
  );
}

function List({ licences: { shipped, texts }, words }: { licences: Licences; words: string }) {
  const shown = found(shipped, words);
  return (
    <>
      <p className={classes.quiet} role="status">
        {shown.length === shipped.length
          ? t("{count} parts are shipped with the app.", { count: formatCount(shipped.length) })
          : t("{done} of {total}", { done: formatCount(shown.length), total: formatCount(shipped.length) })}
      </p>
      <ul className={classes.list} aria-label={t("Licences")}>
        {shown.map((one) => (
          <li key={`${one.name} ${one.version}`}>
            <Item shipped={one} text={one.text === null ? null : (texts[one.text] ?? null)} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Item({ shipped, text }: { shipped: Shipped; text: string | null }) {
  const [open, setOpen] = useState(false);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.item}>
        <IconChevronRight className={classes.mark} size={14} aria-hidden />
        <span className={classes.name}>
          {shipped.name} {shipped.version !== null && <span className={classes.version}>{shipped.version}</span>}
        </span>
        <span className={classes.version}>{t(KINDS[shipped.kind])}</span>
        <span className={classes.licence}>{shipped.licence}</span>
      </summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard has to reach it for that
        <pre className={classes.licenceText} tabIndex={0}>
          {text ?? `It is under ${shipped.licence}, as it says itself; no text of it is shipped with it.`}
        </pre>
      )}
    </details>
  );
}
