import type { DataOverview } from "../../../shared/contract/data.ts";
import { CopyTextButton } from "../lib/copy-button.tsx";
import { formatBytes } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import card from "./card.module.css";
import classes from "./data-tab.module.css";
import { PARTS } from "./data-words.ts";

/** Where everything is, and how much of it. */
export function DataFolderCard({ overview }: { overview: DataOverview }) {
  const total = overview.parts.reduce((sum, part) => sum + part.bytes, 0);
  return (
    <section className={card.card} aria-labelledby="data-folder">
      <h2 id="data-folder" className={classes.cardTitle}>
        {t("Data folder")}
      </h2>
      <div className={classes.path}>
        <code>{overview.folder}</code>
        <CopyTextButton text={overview.folder} />
      </div>
      <ul className={classes.parts} aria-label={t("Size by part")}>
        {overview.parts.map((part) => (
          <li key={part.name} className={classes.part}>
            <span>{t(PARTS[part.name])}</span>
            <span className={classes.number}>
              {t("{count, plural, one {# file} other {# files}}", { count: part.files })}
            </span>
            <span className={classes.number}>{formatBytes(part.bytes)}</span>
            <span className={classes.share} style={{ width: `${total === 0 ? 0 : (part.bytes / total) * 100}%` }} />
          </li>
        ))}
        <li className={classes.part} data-total>
          <span>{t("Together")}</span>
          <span />
          <span className={classes.number}>{formatBytes(total)}</span>
        </li>
      </ul>
      <p className={classes.quiet}>{t("{size} are free on this disk.", { size: formatBytes(overview.freeBytes) })}</p>
      {overview.elsewhere.map((text) => (
        <p key={text} className={classes.advice}>
          {text}
        </p>
      ))}
    </section>
  );
}
