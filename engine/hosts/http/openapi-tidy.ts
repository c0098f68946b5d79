/**
 * Puts right what @orpc/openapi 1.16 writes and tools stumble over: `allowEmptyValue` on path parameters (not valid),
 * lists as `deepObject` (undefined there), a JSON form of bodies that must hold a file, the media type of a file as
 * `*` + `/*` (Swagger UI then shows a text field), safe-integer bounds, and the same error bodies at every operation.
 */

type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nodeAt(node: Node, ...path: string[]): Node | undefined {
  let at: unknown = node;
  for (const key of path) at = isNode(at) ? at[key] : undefined;
  return isNode(at) ? at : undefined;
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  if (!isNode(value)) return;
  visit(value);
  for (const item of Object.values(value)) walk(item, visit);
}

function tidySchema(node: Node): void {
  if (node.minimum === Number.MIN_SAFE_INTEGER) delete node.minimum;
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
  if (node.contentMediaType === "*/*")
    Object.assign(node, { contentMediaType: "application/octet-stream", format: "binary" });
}

function tidyParameter(parameter: Node): void {
  delete parameter.allowEmptyValue;
  if (parameter.in !== "query") delete parameter.allowReserved;
  if (parameter.style === "deepObject" && nodeAt(parameter, "schema")?.type === "array") parameter.style = "form";
}

/** What the page to try fills in for optional fields: its own inventions ("string", 1) would be sent and refused. */
const EXAMPLES: Node = { region: { x: 0, y: 0, width: 1, height: 1 }, filter: {}, text: "", top: 5 };

function addExamples(operation: Node): void {
  const properties = nodeAt(operation, "requestBody", "content", "multipart/form-data", "schema", "properties") ?? {};
  for (const [name, example] of Object.entries(EXAMPLES)) {
    const property = properties[name];
    if (isNode(property)) property.example = example;
  }
}

const isFile = (schema: unknown): boolean =>
  isNode(schema) && (schema.format === "binary" || (schema.type === "array" && isFile(schema.items)));

/** Files travel in the form only: JSON loses those fields, or goes where a file is required. */
function tidyBody(operation: Node): void {
  const content = nodeAt(operation, "requestBody", "content");
  const json = content && nodeAt(content, "application/json", "schema");
  const properties = json && nodeAt(json, "properties");
  if (content === undefined || json === undefined || properties === undefined) return;
  const files = Object.keys(properties).filter((name) => isFile(properties[name]));
  const required = Array.isArray(json.required) ? json.required : [];
  if (files.some((name) => required.includes(name))) delete content["application/json"];
  else for (const name of files) delete properties[name];
}

/** @returns the error responses, taken out of the operation: it refers to them */
function takeErrors(operation: Node): Node {
  const errors: Node = {};
  const responses = nodeAt(operation, "responses") ?? {};
  for (const [status, response] of Object.entries(responses)) {
    if (Number(status) < 400 || !isNode(response)) continue;
    const codes = nodeAt(response, "content", "application/json", "schema", "properties", "code")?.enum;
    errors[`Error${status}`] = { ...response, description: Array.isArray(codes) ? codes.join(", ") : status };
    responses[status] = { $ref: `#/components/responses/Error${status}` };
  }
  return errors;
}

/** Changes the document in place. */
export function tidyDocument(document: object): void {
  if (!isNode(document)) return;
  walk(document, tidySchema);
  const components = nodeAt(document, "components") ?? {};
  const responses: Node = {};
  for (const item of Object.values(nodeAt(document, "paths") ?? {})) {
    for (const operation of Object.values(isNode(item) ? item : {})) {
      if (!isNode(operation)) continue;
      if (Array.isArray(operation.parameters)) operation.parameters.filter(isNode).forEach(tidyParameter);
      tidyBody(operation);
      addExamples(operation);
      Object.assign(responses, takeErrors(operation));
    }
  }
  document.components = { ...components, responses };
}
