import { Button, SegmentedControl, Select, Skeleton } from "@mantine/core";
import { IconLasso, IconMapPinOff, IconMapPins, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { type MapKind, mapKindSchema } from "../../../shared/contract/map.ts";
import type { Verdict } from "../../../shared/contract/match.ts";
import { changedParams } from "../lib/address.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatCount } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { Rich } from "../lib/i18n/rich.tsx";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, queryClient } from "../lib/queries.ts";
import { COLOURINGS, type Colouring, coloursOf, pixelsOf } from "./colours.ts";
import { FindProduct } from "./find-product.tsx";
import { NoMap, Work } from "./making.tsx";
import classes from "./map-page.module.css";
import { useMapPoints, useMapState } from "./map-queries.ts";
import { nearestTo, placeOf, within } from "./places.ts";
import { Plane } from "./plane.tsx";
import { ProductCard } from "./product-card.tsx";
import { Legend, Products } from "./side.tsx";
import type { Point } from "./view.ts";

const COLOURING_LABEL: Record<Colouring, Message> = {
  category: msg("Category"),
  price: msg("Price"),
  verdict: msg("Latest verdict"),
};
const NEIGHBOURS = 12;
const CARD_PICTURE = 84;
const NO_VERDICTS: ReadonlyMap<string, Verdict> = new Map();

/** The catalogue as a map: what the encoder takes for alike lies together. */
export function MapPage() {
  const [params, setParams] = useSearchParams();
  const kind: MapKind = mapKindSchema.safeParse(params.get("of")).data ?? "image";
  const by = COLOURINGS.find((one) => one === params.get("by")) ?? "category";
  const change = (changes: Record<string, string>) =>
    setParams((now) => changedParams(now, changes), { replace: true });
  const state = useMapState(kind);
  const points = useMapPoints(kind, state.data?.finishedAt ?? null);
  const verdicts = useQuery(api.map.verdicts.queryOptions({ enabled: by === "verdict" }));
  const asked = params.get("run");
  const run = useQuery(api.journal.run.queryOptions({ input: { runId: asked ?? "" }, enabled: asked !== null }));

  const [only, setOnly] = useState<number | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [outlined, setOutlined] = useState<number[] | null>(null);
  const [drawing, setDrawing] = useState(false);
  const [broken, setBroken] = useState<string | null>(null);

  const map = points.data;
  const positions = useMemo(() => {
    const flat = new Float32Array((map?.skus.length ?? 0) * 2);
    for (const [at, x] of (map?.x ?? []).entries()) flat.set([x, map?.y[at] ?? 0], at * 2);
    return flat;
  }, [map]);
  const known = useMemo(
    () => (verdicts.data === undefined ? NO_VERDICTS : new Map(verdicts.data.map((one) => [one.sku, one.verdict]))),
    [verdicts.data],
  );
  const colours = useMemo(() => (map === undefined ? null : coloursOf(map, by, known)), [map, by, known]);
  const pixels = useMemo(
    () =>
      colours === null ? new Uint8Array() : pixelsOf(colours, (at) => only === null || colours.groups[at] === only),
    [colours, only],
  );
  const photo = useMemo(() => {
    const matches = run.data?.result?.matches;
    return map === undefined || matches === undefined ? null : placeOf(matches, kind, map);
  }, [map, run.data, kind]);

  const picked = map?.skus.indexOf(params.get("product") ?? "") ?? -1;
  const centre = useMemo<Point | null>(() => {
    if (photo !== null) return photo;
    return map === undefined || picked < 0 ? null : [map.x[picked] ?? 0, map.y[picked] ?? 0];
  }, [photo, map, picked]);
  const neighbours = useMemo(
    () => (map === undefined || picked < 0 ? [] : nearestTo(map, picked, NEIGHBOURS)),
    [map, picked],
  );

  const refresh = () => void queryClient.invalidateQueries({ queryKey: api.map.key() });
  const making = useMutation(api.map.make.mutationOptions({ onSettled: refresh }));
  const stopping = useMutation(api.map.cancel.mutationOptions({ onSettled: refresh }));
  const make = () => making.mutate({ kind });
  const cancel = () => stopping.mutate({ kind });
  const retry = () => {
    making.reset();
    stopping.reset();
    refresh();
  };
  const pick = (at: number) => {
    setOutlined(null);
    change({ product: map?.skus[at] ?? "" });
  };

  const error = state.error ?? points.error ?? run.error ?? making.error ?? stopping.error;
  const hoveredSku = hovered === null ? undefined : map?.skus[hovered];
  return (
    <Page
      title={t("Map")}
      actions={
        <Button
          leftSection={<IconRefresh size={16} stroke={2} />}
          variant="default"
          disabled={state.data === undefined || state.data.state === "running"}
          onClick={make}
        >
          {t("Make the map anew")}
        </Button>
      }
    >
      {error !== null && <ProblemNote problem={toProblem(error)} onRetry={retry} />}
      {broken !== null && <NoDrawing reason={broken} />}
      <div className={classes.tools}>
        <SegmentedControl
          size="sm"
          aria-label={t("What is laid out")}
          value={kind}
          onChange={(of) => change({ of })}
          data={[
            { value: "image", label: t("Pictures") },
            { value: "text", label: t("Texts") },
          ]}
        />
        <Select
          size="sm"
          w={180}
          aria-label={t("Coloured by")}
          allowDeselect={false}
          value={by}
          onChange={(next) => {
            setOnly(null);
            change({ by: next ?? "" });
          }}
          data={COLOURINGS.map((value) => ({ value, label: t(COLOURING_LABEL[value]) }))}
        />
        {map !== undefined && <FindProduct points={map} onPick={pick} />}
        <Button
          variant={drawing ? "filled" : "default"}
          leftSection={<IconLasso size={16} stroke={1.7} />}
          aria-pressed={drawing}
          disabled={map === undefined}
          onClick={() => setDrawing(!drawing)}
        >
          {t("Outline")}
        </Button>
      </div>
      {state.data !== undefined && (
        <Work state={state.data} missing={map?.missing ?? 0} onMake={make} onCancel={cancel} />
      )}
      {state.data?.finishedAt === null && state.data.state !== "running" && <NoMap kind={kind} onMake={make} />}
      {(state.isPending || (points.isPending && points.fetchStatus === "fetching")) && (
        <Skeleton flex={1} radius="lg" />
      )}
      {map !== undefined && map.skus.length === 0 && (
        <EmptyState icon={IconMapPins} title={t("Nothing to lay out")}>
          <Rich
            id="No product has a vector of this kind yet. <0>Add products or import a list</0>, then make the map anew."
            parts={[<Link key="0" href="/catalogue" />]}
          />
        </EmptyState>
      )}
      {map !== undefined && colours !== null && map.skus.length > 0 && (
        <div className={classes.main}>
          <Plane
            positions={positions}
            pixels={pixels}
            marked={outlined ?? (picked < 0 ? [] : [picked])}
            photo={photo}
            centre={centre}
            drawing={drawing}
            label={t(
              "Map of {count, plural, one {# product} other {# products}}. Arrow keys move it, plus and minus zoom, 0 shows all.",
              { count: map.skus.length },
            )}
            onHover={setHovered}
            onPick={pick}
            onOutline={(outline) => {
              setOutlined(within(map, outline));
              setDrawing(false);
            }}
            onBroken={setBroken}
            card={
              hoveredSku === undefined ? null : (
                <ProductCard sku={hoveredSku} name={map.names[hovered ?? 0] ?? ""} size={CARD_PICTURE} />
              )
            }
          />
          <div className={classes.side}>
            <Legend legend={colours.legend} only={only} onOnly={setOnly} />
            {outlined !== null && (
              <Products
                title={t("{count} outlined", { count: formatCount(outlined.length) })}
                points={map}
                places={outlined}
                onClose={() => setOutlined(null)}
              />
            )}
            {outlined === null && picked >= 0 && (
              <Products
                title={t("The product and its neighbours")}
                points={map}
                places={[picked, ...neighbours]}
                onClose={() => change({ product: "" })}
              />
            )}
          </div>
        </div>
      )}
    </Page>
  );
}

function NoDrawing({ reason }: { reason: string }) {
  return (
    <EmptyState icon={IconMapPinOff} title={t("The map can't be drawn")}>
      {t(
        "It needs WebGL 2 ({reason}). Switch hardware acceleration on in the browser's settings, or update the graphics driver. Finding a product and its neighbours works without it.",
        { reason },
      )}
    </EmptyState>
  );
}
