import { Button, Progress } from "@mantine/core";
import { IconMapPins } from "@tabler/icons-react";
import type { MapKind, MapState } from "../../../shared/contract/map.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatCount } from "../lib/format.ts";
import classes from "./map-page.module.css";

const STAGES: Record<NonNullable<MapState["stage"]>, string> = {
  vectors: "Reading the vectors…",
  neighbours: "Finding each product's neighbours…",
  layout: "Laying them out…",
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
        <span role="status">{STAGES[state.stage ?? "vectors"]}</span>
        <Progress className={classes.progress ?? ""} value={state.progress * 100} aria-label="How far the map is" />
        <Button size="compact-sm" variant="default" onClick={onCancel}>
          Stop
        </Button>
      </div>
    );
  }
  if (state.state === "failed") {
    return (
      <div className={classes.work} role="alert">
        The map could not be made: {state.error}. The journal has the details.
        <Button size="compact-sm" variant="default" onClick={onMake}>
          Try again
        </Button>
      </div>
    );
  }
  if (missing === 0) return null;
  return (
    <div className={classes.work} role="status">
      {formatCount(missing)} {missing === 1 ? "product is" : "products are"} not on the map yet.
      <Button size="compact-sm" variant="default" onClick={onMake}>
        Make the map anew
      </Button>
    </div>
  );
}

export function NoMap({ kind, onMake }: { kind: MapKind; onMake: () => void }) {
  return (
    <EmptyState icon={IconMapPins} title="No map yet" actions={<Button onClick={onMake}>Make the map</Button>}>
      It lays the catalogue out by {kind === "image" ? "what the pictures look like" : "what the texts say"}: products
      that the encoder takes for alike lie beside one another. 100,000 products take about a minute.
    </EmptyState>
  );
}
