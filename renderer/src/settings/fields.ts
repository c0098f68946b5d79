import { z } from "zod";
import { configSchema } from "../../../shared/config.ts";

/** The form, made from the configuration's own schema: a setting that is added there appears here. */

export type FieldKind = "text" | "secret" | "number" | "switch" | "choice" | "list";

export interface SettingField {
  /** Dotted path, as system.updateSettings takes it. */
  path: string;
  label: string;
  help: string;
  kind: FieldKind;
  choices: readonly string[];
  min: number | undefined;
  max: number | undefined;
  whole: boolean;
  nullable: boolean;
}

export interface SettingGroup {
  name: string;
  title: string;
  fields: readonly SettingField[];
}

/** The part of JSON Schema that Zod writes for a configuration. */
interface Node {
  type?: string | string[];
  description?: string;
  enum?: string[];
  anyOf?: Node[];
  properties?: Record<string, Node>;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

/** `queryPhotoDays` as a person would write it. */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function typesOf(node: Node): string[] {
  const own = node.type === undefined ? [] : [node.type].flat();
  return [...own, ...(node.anyOf ?? []).flatMap(typesOf)];
}

function kindOf(name: string, node: Node, types: readonly string[]): FieldKind {
  // A switch also takes words, for the environment's sake.
  if (types.includes("boolean")) return "switch";
  if (node.enum !== undefined) return "choice";
  if (types.includes("number") || types.includes("integer")) return "number";
  if (types.includes("array")) return "list";
  return name === "token" ? "secret" : "text";
}

function fieldOf(group: string, name: string, node: Node): SettingField {
  const types = typesOf(node);
  const whole = types.includes("integer");
  const above = node.exclusiveMinimum;
  return {
    path: `${group}.${name}`,
    label: labelOf(name),
    // Written for the command line too, where backticks mark words of the interface.
    help: (node.description ?? "").replace(/`([^`]*)`/g, "“$1”"),
    kind: kindOf(name, node, types),
    choices: node.enum ?? [],
    min: node.minimum ?? (above !== undefined && whole ? above + 1 : above),
    max: node.maximum === Number.MAX_SAFE_INTEGER ? undefined : node.maximum,
    whole,
    nullable: types.includes("null"),
  };
}

export function settingGroups(): SettingGroup[] {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Node;
  return Object.entries(schema.properties ?? {}).map(([group, node]) => ({
    name: group,
    title: labelOf(group),
    fields: Object.entries(node.properties ?? {}).map(([name, field]) => fieldOf(group, name, field)),
  }));
}

/** @returns undefined where the path leads nowhere */
export function valueAt(config: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      config,
    );
}

/** Each change checked by the schema of its own setting. @returns messages by path */
export function invalid(changes: Readonly<Record<string, unknown>>): Record<string, string> {
  const messages: Record<string, string> = {};
  const nested: Record<string, Record<string, unknown>> = {};
  for (const [path, value] of Object.entries(changes)) {
    const [group = "", name = ""] = path.split(".");
    nested[group] = { ...nested[group], [name]: value };
  }
  const parsed = configSchema.safeParse(nested);
  for (const issue of parsed.error?.issues ?? []) messages[issue.path.slice(0, 2).join(".")] ??= issue.message;
  return messages;
}
