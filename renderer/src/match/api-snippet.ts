import type { Region } from "../../../shared/contract/domain.ts";

/** This very request, for a program: what the "Use via API" panel shows. */

export interface ApiRequest {
  /** Root of the plain HTTP interface, without a slash at the end. */
  address: string;
  /** Name of the picture's file; null for words alone. */
  picture: string | null;
  text: string;
  region: Region | null;
  /** The server asks for a token; the snippet takes it from the environment, never from the page. */
  guarded: boolean;
}

const TOKEN_VARIABLE = "SHELFMATCH_TOKEN";

/** Form fields beside the picture; nested ones in bracket notation. */
function formFields({ text, region }: ApiRequest): [string, string][] {
  const box = region === null ? [] : Object.entries(region);
  return [
    ...(text === "" ? [] : [["text", text] as [string, string]]),
    ...box.map(([side, value]): [string, string] => [`region[${side}]`, String(value)]),
  ];
}

/** For a POSIX shell: nothing in single quotes is special but the quote itself. */
function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** curl reads `;type=` and `,` out of `-F name=@file`; a double-quoted name stands for itself. */
function curlFile(name: string): string {
  return /[;,"\\]/.test(name) ? `"${name.replace(/["\\]/g, "\\$&")}"` : name;
}

export function curlSnippet(request: ApiRequest): string {
  const token = request.guarded ? [`-H "Authorization: Bearer $${TOKEN_VARIABLE}"`] : [];
  if (request.picture === null) {
    return [
      `curl -sS ${shellQuoted(`${request.address}/match/text`)}`,
      ...token,
      `-H 'Content-Type: application/json'`,
      `-d ${shellQuoted(JSON.stringify({ text: request.text }))}`,
    ].join(" \\\n  ");
  }
  return [
    `curl -sS ${shellQuoted(`${request.address}/match`)}`,
    ...token,
    `-F ${shellQuoted(`picture=@${curlFile(request.picture)}`)}`,
    // --form-string: a note that begins with @ or < is a note, not a file.
    ...formFields(request).map(([name, value]) => `--form-string ${shellQuoted(`${name}=${value}`)}`),
  ].join(" \\\n  ");
}

export function typescriptSnippet(request: ApiRequest): string {
  const literal = (value: string) => JSON.stringify(value);
  const bearer = `Authorization: \`Bearer \${process.env.${TOKEN_VARIABLE}}\``;
  const tail = [
    "const answer = await response.json();",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the snippet's own template.
    "if (!response.ok) throw new Error(`${answer.code}: ${answer.message}`);",
    "console.log(answer.verdict, answer.matches[0]?.sku, answer.matches[0]?.confidence);",
  ];
  if (request.picture === null) {
    return [
      `const response = await fetch(${literal(`${request.address}/match/text`)}, {`,
      '  method: "POST",',
      `  headers: { "Content-Type": "application/json"${request.guarded ? `, ${bearer}` : ""} },`,
      `  body: JSON.stringify(${JSON.stringify({ text: request.text })}),`,
      "});",
      ...tail,
    ].join("\n");
  }
  return [
    'import { openAsBlob } from "node:fs";',
    "",
    "const form = new FormData();",
    `form.append("picture", await openAsBlob(${literal(request.picture)}), ${literal(request.picture)});`,
    ...formFields(request).map(([name, value]) => `form.append(${literal(name)}, ${literal(value)});`),
    "",
    `const response = await fetch(${literal(`${request.address}/match`)}, {`,
    '  method: "POST",',
    ...(request.guarded ? [`  headers: { ${bearer} },`] : []),
    "  body: form,",
    "});",
    ...tail,
  ].join("\n");
}
