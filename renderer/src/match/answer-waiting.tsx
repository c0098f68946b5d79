import { Button, Skeleton, Text } from "@mantine/core";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./answer-panel.module.css";

/** The shape of the answer while it is on its way. */
export function AnswerWaiting({ onCancel }: { onCancel?: () => void }) {
  return (
    <div className={classes.waiting}>
      <div className={classes.waitingHead}>
        <Text c="dimmed">{t("Looking for the product…")}</Text>
        {onCancel !== undefined && (
          <Button size="compact-sm" variant="default" onClick={onCancel}>
            {t("Cancel")}
          </Button>
        )}
      </div>
      <div className={classes.waitingPictures}>
        <Skeleton height={190} />
        <Skeleton height={190} />
      </div>
      <Skeleton height={16} width="60%" />
      <Skeleton height={16} width="40%" />
      <Skeleton height={90} />
    </div>
  );
}
