import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";

/** For tests: the messages that the pages' source asks for, and the words in it that no language can change. */

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

export interface Asked {
  file: string;
  message: string;
  /** Names of the values that go with it; null where they are not written there. */
  values: string[] | null;
}

export interface Stray {
  file: string;
  text: string;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** Elements whose text is code, and attributes that are read by no one. */
const CODE_ELEMENTS = new Set(["code", "Code", "kbd", "Kbd", "pre"]);
const READ_ATTRIBUTES =
  /^(title|label|placeholder|alt|description|confirm|keep|caption|summary|aria-label|aria-description|nothingFoundMessage|message|body|error|help|tooltip)$/;
/** Names of things, the same in every language. */
const NAMES =
  /^(Shelfmatch|TypeScript|\/api\/docs|Deutsch|English|Docker|Triton|MongoDB|Qdrant|SQLite|CSV|JSONL|JSON|Excel|Parquet|SKU|curl|JavaScript|Python|GitHub|Node|Electron|Chromium|ONNX|TensorRT|CUDA|CPU|GPU|UMAP|PCA|WebGL|Esc|Enter|Ctrl|Alt|Shift|Space|Tab|AUROC|ECE|MRR|pHash)$/;
const WORDS = /\p{L}{2,}[,:;]? \p{L}{2,}/u;
const CAPITALISED = /^\p{Lu}\p{Ll}+/u;

export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !/(^|[\\/])(de(-\w+)?|en)\.ts$/.test(name))
    .map((name) => join(folder, name));
}

function childrenOf(node: Node): Node[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === "parent") return [];
    if (Array.isArray(value)) return value.filter(isNode);
    return isNode(value) ? [value] : [];
  });
}

function textOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "TemplateLiteral" && Array.isArray(node.quasis)) {
    return node.quasis.map((quasi: { value: { cooked: string } }) => quasi.value.cooked).join(" ");
  }
  return null;
}

const nameOf = (node: unknown): string =>
  isNode(node) ? String(isNode(node.name) ? node.name.name : (node.name ?? "")) : "";

/** Calls whose words no person reads, or which translate them. */
const SAFE_CALLS = new Set(["t", "msg", "Error", "TypeError", "RangeError", "matchMedia", "querySelector"]);

function calleeName(node: Node): string {
  const { callee } = node;
  if (!isNode(callee)) return "";
  return callee.type === "MemberExpression" && isNode(callee.property) ? nameOf(callee.property) : nameOf(callee);
}

function valuesOf(node: unknown): string[] | null {
  if (node === undefined) return [];
  if (!isNode(node) || node.type !== "ObjectExpression" || !Array.isArray(node.properties)) return null;
  const keys = node.properties.map((property: Node) => (property.type === "Property" ? nameOf(property.key) : ""));
  return keys.includes("") ? null : keys;
}

/** @returns what a file asks to be translated, and what it says without asking */
export function readWords(file: string): { asked: Asked[]; strays: Stray[] } {
  const source = readFileSync(file, "utf8");
  const { program } = parseSync(file, source, { lang: file.endsWith("x") ? "tsx" : "ts" });
  const asked: Asked[] = [];
  const strays: Stray[] = [];
  const stray = (text: string) => void strays.push({ file, text: text.trim() });

  function ask(node: unknown, values: string[] | null): void {
    if (!isNode(node)) return;
    if (node.type === "ConditionalExpression") {
      ask(node.consequent, values);
      ask(node.alternate, values);
      return;
    }
    const message = textOf(node);
    if (message !== null) asked.push({ file, message, values });
  }

  function visit(node: Node): void {
    switch (node.type) {
      case "ImportDeclaration":
      case "ImportExpression":
      case "TSLiteralType":
      case "TSTypeAliasDeclaration":
      case "TSInterfaceDeclaration":
      case "TSEnumDeclaration":
        return;
      case "JSXText": {
        const text = String(node.value).trim();
        if (/\p{L}{2,}/u.test(text) && !NAMES.test(text)) stray(text);
        return;
      }
      case "JSXElement": {
        const opening = node.openingElement as Node;
        if (CODE_ELEMENTS.has(nameOf(opening.name) || nameOf(opening))) {
          visit(opening);
          return;
        }
        break;
      }
      case "JSXAttribute": {
        const text = textOf(node.value);
        if (text === null) break;
        if (nameOf(node) === "id" && WORDS.test(text)) return;
        if (READ_ATTRIBUTES.test(nameOf(node)) && /\p{L}{2,}/u.test(text) && !NAMES.test(text)) stray(text);
        return;
      }
      case "JSXOpeningElement":
        if (nameOf(node) === "Rich") {
          const attribute = (name: string) =>
            (node.attributes as Node[]).find((one) => one.type === "JSXAttribute" && nameOf(one) === name)?.value;
          const values = attribute("values");
          ask(attribute("id"), valuesOf(isNode(values) ? values.expression : undefined));
        }
        break;
      case "CallExpression":
      case "NewExpression": {
        const name = calleeName(node);
        const [first, second] = node.arguments as Node[];
        if (name === "t") ask(first, valuesOf(second));
        if (name === "msg") ask(first, null);
        if (!SAFE_CALLS.has(name)) break;
        for (const argument of (node.arguments as Node[]).slice(1)) visit(argument);
        if (first !== undefined && textOf(first) === null) visit(first);
        else if (first?.type === "TemplateLiteral") for (const inner of first.expressions as Node[]) visit(inner);
        return;
      }
      case "Literal":
      case "TemplateLiteral": {
        const text = textOf(node);
        if (text !== null && WORDS.test(text)) stray(text);
        break;
      }
      case "Property": {
        const text = textOf(node.value);
        const shown = READ_ATTRIBUTES.test(nameOf(node.key) || String((node.key as Node).value ?? ""));
        if (text !== null && shown && CAPITALISED.test(text) && !WORDS.test(text) && !NAMES.test(text)) stray(text);
        // A key is read by no one.
        if (node.computed !== true) {
          visit(node.value as Node);
          return;
        }
        break;
      }
      case "JSXExpressionContainer":
      case "ConditionalExpression":
      case "LogicalExpression":
        for (const child of childrenOf(node)) {
          const text = textOf(child);
          if (text !== null && CAPITALISED.test(text) && !WORDS.test(text) && !NAMES.test(text)) stray(text);
        }
        break;
    }
    for (const child of childrenOf(node)) visit(child);
  }

  visit(program as unknown as Node);
  // The key of a marked message, said again.
  const marked = new Set(asked.map(({ message }) => message));
  return { asked, strays: strays.filter(({ text }) => !marked.has(text)) };
}
