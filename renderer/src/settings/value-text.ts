import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { choiceLabel, type SettingField } from "./fields.ts";

/** A value as it stands in a sentence. */
export function valueText(field: Pick<SettingField, "kind" | "path">, value: unknown): string {
  if (value === null || value === undefined || value === "") return t("none");
  if (Array.isArray(value)) return value.length === 0 ? t("none") : value.join(", ");
  if (typeof value === "boolean") return value ? t("on") : t("off");
  if (field.kind === "choice") return choiceLabel(String(value));
  if (field.kind === "secret") return t("set");
  if (typeof value === "number" && !field.path.startsWith("server.")) return formatCount(value);
  return String(value);
}
