import { Button, Skeleton } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import card from "./card.module.css";
import { DataFolderCard } from "./data-folder-card.tsx";
import { DataProgress } from "./data-progress.tsx";
import classes from "./data-tab.module.css";
import { startBackup, useDataWork } from "./data-work.ts";
import { PreviousCard } from "./previous-card.tsx";
import { RestoreCard } from "./restore-card.tsx";

export function DataTab() {
  const overview = useQuery(api.data.overview.queryOptions());
  if (overview.isPending) return <Skeleton height={320} />;
  if (overview.isError) {
    return <ProblemNote problem={toProblem(overview.error)} onRetry={() => void overview.refetch()} />;
  }
  return (
    <div className={classes.columns}>
      <div>
        <DataFolderCard overview={overview.data} />
        {overview.data.previous.length > 0 && <PreviousCard previous={overview.data.previous} />}
      </div>
      <div>
        <BackupCard />
        <RestoreCard overview={overview.data} />
      </div>
    </div>
  );
}

function BackupCard() {
  const work = useDataWork((state) => state.work);
  return (
    <section className={card.card} aria-labelledby="data-backup">
      <h2 id="data-backup" className={classes.cardTitle}>
        {t("Back up")}
      </h2>
      <p className={classes.text}>
        {t(
          "Products, pictures, vectors, journal with its photos, and settings in one zip file, as they are at one moment. You can go on working meanwhile. Tokens and passwords are left out.",
        )}
      </p>
      {work?.what === "backup" && <DataProgress work={work} />}
      <div className={classes.buttons}>
        <Button
          leftSection={<IconDownload size={16} />}
          disabled={work?.state === "running"}
          onClick={() => void startBackup()}
        >
          {t("Back up")}
        </Button>
      </div>
    </section>
  );
}
