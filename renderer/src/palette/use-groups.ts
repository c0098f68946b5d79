import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useLanguage } from "../lib/i18n/language.ts";
import { type Problem, toProblem } from "../lib/problem.ts";
import { api } from "../lib/queries.ts";
import { commandEntries, type PageCommand } from "./commands.ts";
import { type Entry, type Group, groupsAtRest, groupsFor } from "./entry.ts";
import { elsewhereEntries, knownProduct, productEntry, runEntry, settingEntries } from "./found.ts";
import { lastUsed } from "./recent.ts";

const DEBOUNCE_MS = 150;
const PRODUCTS = 6;
const RUNS = 20;

export interface Found {
  groups: readonly Group[];
  /** The catalogue is being searched for what stands there now. */
  searching: boolean;
  problem: Problem | null;
}

function useSettings(): Entry[] {
  const { language, loaded } = useLanguage();
  const { data } = useQuery({
    queryKey: ["palette", "settings"],
    // Brings the configuration's schema along: not what the palette waits for.
    queryFn: async () => (await import("../settings/fields.ts")).settingGroups(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => settingEntries(data ?? []), [data, language, loaded]);
}

/** All that fits what is typed. @param text trimmed; empty while nothing is typed */
export function useGroups(text: string, pages: readonly PageCommand[], showShortcuts: () => void): Found {
  const { colorScheme: scheme, setColorScheme: setScheme } = useMantineColorScheme();
  const language = useLanguage((state) => state.choice);
  const [used] = useState(lastUsed);
  const [searched] = useDebouncedValue(text, DEBOUNCE_MS);
  const settings = useSettings();
  const products = useQuery(
    api.catalog.list.queryOptions({
      input: { text: searched.slice(0, 500), sort: "relevance", pageSize: PRODUCTS, facets: false },
      enabled: searched !== "",
      placeholderData: keepPreviousData,
      retry: false,
    }),
  );
  const runs = useQuery(api.journal.runs.queryOptions({ input: { limit: RUNS }, retry: false, staleTime: 0 }));

  const fail = (message: string) => notifications.show({ color: "red", message });
  const commands = commandEntries({ pages, scheme, setScheme, language, showShortcuts, fail });
  const entries = [...commands, ...settings, ...(runs.data ?? []).map(runEntry)];
  const error = products.error ?? runs.error;
  const problem = error === null ? null : toProblem(error);
  if (text === "") {
    const recent = used.flatMap(({ id, product }) => {
      const entry = product === undefined ? entries.find((one) => one.id === id) : knownProduct(product);
      return entry === undefined ? [] : [entry];
    });
    return { groups: groupsAtRest(entries, recent), searching: false, problem };
  }
  const found = searched === "" ? [] : (products.data?.items ?? []).map(productEntry);
  const groups = groupsFor(text, entries, {
    found,
    elsewhere: elsewhereEntries(text),
    recent: used.map(({ id }) => id),
  });
  const searching = problem === null && (searched !== text || products.isPending || products.isPlaceholderData);
  return { groups, searching, problem };
}
