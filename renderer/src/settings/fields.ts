import { z } from "zod";
import { configSchema } from "../../../shared/config.ts";
import { known, type Message, msg } from "../lib/i18n/i18n.ts";

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
  /** What it is for, where its title alone does not say. */
  intro: string;
  /** Of the services beside the app: shown folded until somebody wants them. */
  folded: boolean;
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

interface GroupWords {
  title: Message;
  intro?: Message;
  folded?: boolean;
}

/** In the order of the page: what is changed every day comes first. A section without an entry keeps its own name. */
const GROUPS: Record<string, GroupWords> = {
  match: { title: msg("Matching") },
  learn: { title: msg("Learning from answers") },
  journal: { title: msg("Journal") },
  server: { title: msg("Web host") },
  limits: { title: msg("Limits") },
  encoder: { title: msg("Encoding") },
  parts: {
    title: msg("What runs where"),
    intro: msg(
      "Everything inside the app, or services beside it. The Stack page moves the catalogue along; this does not.",
    ),
    folded: true,
  },
  triton: { title: msg("Triton, for the models"), folded: true },
  describer: {
    title: msg("Describing pictures"),
    intro: msg("By a vision-language model, where “What runs where” says that Triton describes."),
    folded: true,
  },
  qdrant: { title: msg("Qdrant, for the vectors"), folded: true },
  mongo: { title: msg("MongoDB, for catalogue and journal"), folded: true },
  chroma: { title: msg("Chroma, for the vectors in Qdrant's place"), folded: true },
};

/** Names that are not their own words. */
const LABELS: Record<string, string> = {
  url: "Address",
  catalog: "Catalogue",
  index: "Vectors",
  encoder: "Models",
  describer: "Describer",
  describeModel: msg("Model that describes"),
  together: msg("Descriptions at once"),
  maxTokens: msg("Tokens at most"),
  side: msg("Picture's longest side (pixels)"),
  deadlineMs: "Deadline (ms)",
  apiKeyFile: msg("File with the API key"),
  passwordFile: msg("File with the password"),
  tokenFile: msg("File with the token"),
  username: msg("User name"),
  shards: "Shards a collection",
  replicas: "Copies a shard",
  writeConsistency: msg("Copies that confirm a write"),
  pictureTextModel: msg("Model of words for pictures"),
  uploadBytes: "Upload (bytes)",
  pictureBytes: "Picture (bytes)",
  picturePixels: "Picture (pixels)",
};

const CHOICES: Record<string, string> = {
  profile: msg("As the profile says"),
  onnx: msg("ONNX Runtime, in the app"),
  sqlite: msg("SQLite, in the app"),
  mongo: "MongoDB",
};

/** A choice as a person reads it. */
export function choiceLabel(choice: string): string {
  return known(choiceWords(choice));
}

const choiceWords = (choice: string) => CHOICES[choice] ?? labelOf(choice);

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
    label: LABELS[name] ?? labelOf(name),
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
  const order = Object.keys(GROUPS);
  const place = (group: string) => (order.includes(group) ? order.indexOf(group) : order.indexOf("parts") - 0.5);
  return Object.entries(schema.properties ?? {})
    .sort(([a], [b]) => place(a) - place(b))
    .map(([group, node]) => ({
      name: group,
      title: GROUPS[group]?.title ?? labelOf(group),
      intro: GROUPS[group]?.intro ?? "",
      folded: GROUPS[group]?.folded ?? false,
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

/** All that the form says of the settings, in the English of their schema. */
export function settingWords(): string[] {
  const groups = settingGroups();
  const fields = groups.flatMap((group) => group.fields);
  const said = fields.flatMap(({ label, help, choices }) => [label, help, ...choices.map(choiceWords)]);
  return [...new Set([...groups.flatMap(({ title, intro }) => [title, intro]), ...said])].filter((text) => text !== "");
}
