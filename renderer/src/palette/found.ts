import { IconBook2, IconNotebook, IconPhotoSearch, IconSettings } from "@tabler/icons-react";
import { navigate } from "wouter/use-browser-location";
import type { Product } from "../../../shared/contract/domain.ts";
import type { Run } from "../../../shared/contract/journal.ts";
import { pictureUrl, runPhotoUrl } from "../lib/client.ts";
import { formatPrice, formatTime } from "../lib/format.ts";
import { known, t } from "../lib/i18n/i18n.ts";
import { verdictLabel } from "../lib/verdict.ts";
import { KIND_WORDS } from "../logs/run-words.ts";
import { askWords } from "../match/actions.ts";
import type { SettingGroup } from "../settings/fields.ts";
import type { Entry } from "./entry.ts";
import type { Used } from "./recent.ts";

/** Entries made of what the engine says: products, runs, settings, and places to look further in. */

export function knownProduct(product: NonNullable<Used["product"]>, detail = product.sku): Entry {
  const { sku, name, hash } = product;
  return {
    ...{ id: `product:${sku}`, group: "products", title: name, detail, words: sku, product },
    picture: hash === null ? null : pictureUrl(hash, "thumbnail"),
    run: () => navigate(`/catalogue?${new URLSearchParams({ product: sku })}`),
  };
}

export function productEntry({ sku, name, category, price, currency, pictures }: Product): Entry {
  const parts = [sku, category, price === null ? null : formatPrice(price, currency)];
  const detail = parts.filter((part) => part !== null && part !== "").join(" · ");
  return knownProduct({ sku, name, hash: pictures[0]?.hash ?? null }, detail);
}

export function runEntry({ runId, time, kind, source, text, verdict, error, result, photo }: Run): Entry {
  const best = result?.matches[0];
  const answer = verdict === null ? (error?.code ?? t("Failed")) : verdictLabel(verdict);
  const parts = [answer, verdict === "none" ? null : best?.name, formatTime(time)];
  return {
    ...{ id: `run:${runId}`, group: "runs", icon: IconPhotoSearch },
    ...(photo === null ? {} : { picture: runPhotoUrl(runId) }),
    title: source ?? (text === null ? t(KIND_WORDS[kind]) : `“${text}”`),
    detail: parts.filter((part) => part !== null && part !== undefined).join(" · "),
    words: `${best?.name ?? ""} ${best?.sku ?? ""} ${text ?? ""}`,
    run: () => navigate(`/journal?${new URLSearchParams({ tab: "runs", detail: runId })}`),
  };
}

/** Each section of the settings, and each setting. */
export function settingEntries(groups: readonly SettingGroup[]): Entry[] {
  return groups.flatMap(({ name, title, fields }) => [
    {
      ...{ id: `settings:${name}`, group: "settings" as const, icon: IconSettings, title: known(title) },
      words: `${title} ${name}`,
      run: () => navigate(`/settings#settings-${name}`),
    },
    ...fields.map(({ path, label }) => ({
      ...{ id: `setting:${path}`, group: "settings" as const, icon: IconSettings, title: known(label) },
      ...{ detail: known(title), words: label, context: `${title} ${known(title)} ${path}` },
      run: () => navigate(`/settings#setting-${path}`),
    })),
  ]);
}

/** What any words are good for. */
export function elsewhereEntries(text: string): Entry[] {
  const entry = (id: string, title: string, icon: NonNullable<Entry["icon"]>, run: () => void): Entry => ({
    ...{ id: `elsewhere:${id}`, group: "elsewhere", title, icon, run },
  });
  const search = (path: string) => navigate(`${path}?${new URLSearchParams({ text })}`);
  return [
    entry("ask", t("Match by the words “{text}”", { text }), IconPhotoSearch, () => {
      navigate("/");
      askWords(text);
    }),
    entry("catalogue", t("Search the catalogue for “{text}”", { text }), IconBook2, () => search("/catalogue")),
    entry("journal", t("Search the journal for “{text}”", { text }), IconNotebook, () => search("/journal")),
  ];
}
