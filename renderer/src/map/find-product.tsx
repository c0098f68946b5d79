import { Select } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { MapPoints } from "../../../shared/contract/map.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./map-page.module.css";

const MOST = 20;

/** A product of the map, found by its name or SKU as one types. */
export function FindProduct({ points, onPick }: { points: MapPoints; onPick: (at: number) => void }) {
  const [typed, setTyped] = useState("");
  const found = useMemo(() => {
    const wanted = typed.trim().toLocaleLowerCase();
    if (wanted === "") return [];
    const fits = (at: number) => `${points.names[at]} ${points.skus[at]}`.toLocaleLowerCase().includes(wanted);
    const places: number[] = [];
    for (let at = 0; at < points.skus.length && places.length < MOST; at++) if (fits(at)) places.push(at);
    return places;
  }, [typed, points]);
  return (
    <Select
      className={classes.find ?? ""}
      size="sm"
      aria-label={t("Find a product on the map")}
      placeholder={t("Find a product")}
      leftSection={<IconSearch size={16} stroke={1.7} />}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      data={found.map((at) => ({ value: String(at), label: `${points.names[at]} (${points.skus[at]})` }))}
      nothingFoundMessage={typed.trim() === "" ? undefined : t("No such product on the map")}
      value={null}
      onChange={(at) => {
        if (at === null) return;
        onPick(Number(at));
        setTyped("");
      }}
    />
  );
}
