import { Button, Progress } from "@mantine/core";
import { IconMapPins } from "@tabler/icons-react";
import type { MapKind, MapState } from "../../../shared/contract/map.ts";
import { withoutSeeStack } from "../../../shared/errors.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import classes from "./map-page.module.css";

const STAGES: Record<NonNullable<MapState["stage"]>, Message> = {
  vectors: msg("Reading the vectors…"),
  neighbours: msg("Finding each product's neighbours…"),
  layout: msg("Laying them out…"),
};

interface WorkProps {
  state: MapState;
  missing: number;
  onMake: () => void;
  onCancel: () => void;
}

/** How far a making is; or what the map lacks. */
export function Work({ state, missing, onMake, onCancel }: WorkProps) {
  if (state.state === "running") {
    return (
      <div className={classes.work}>
        <span role="status">{t(STAGES[state.stage ?? "vectors"])}</span>
        <Progress
          className={classes.progress ?? ""}
          value={state.progress * 100}
          aria-label={t("How far the map is")}
        />
        <Button flex="none" size="compact-sm" variant="default" onClick={onCancel}>
          {t("Stop")}
        </Button>
      </div>
    );
  }
  if (state.state === "failed") {
    return (
      <div className={classes.work} role="alert">
        {t("The map could not be made: {reason}. The journal has the details.", {
          reason: reasonOf(state.error ?? ""),
        })}
        <Button flex="none" size="compact-sm" variant="default" onClick={onMake}>
          {t("Try again")}
        </Button>
      </div>
    );
  }
  if (missing === 0) return null;
  return (
    <div className={classes.work} role="status">
      {t("{count, plural, one {# product is} other {# products are}} not on the map yet.", { count: missing })}
      <Button flex="none" size="compact-sm" variant="default" onClick={onMake}>
        {t("Make the map anew")}
      </Button>
    </div>
  );
}

/** The engine's words, without the full stop that the sentence has of its own. */
function reasonOf(error: string): string {
  return withoutSeeStack(error).replace(/\.$/, "");
}

export function NoMap({ kind, onMake }: { kind: MapKind; onMake: () => void }) {
  return (
    <EmptyState
      icon={IconMapPins}
      title={t("No map yet")}
      actions={<Button onClick={onMake}>{t("Make the map")}</Button>}
    >
      {kind === "image"
        ? t(
            "It lays the catalogue out by what the pictures look like: products that the encoder takes for alike lie beside one another. 100,000 products take about a minute.",
          )
        : t(
            "It lays the catalogue out by what the texts say: products that the encoder takes for alike lie beside one another. 100,000 products take about a minute.",
          )}
    </EmptyState>
  );
}
