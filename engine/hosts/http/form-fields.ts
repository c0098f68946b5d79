/**
 * What people and tools send in a form, in the bracket notation that oRPC reads: one `-F files=@a.zip` is a list of
 * one, and an object may come as JSON in one field, as OpenAPI 3.1 has it.
 */

const LISTS = /^(files|paths|pictures)$/;
const OBJECTS = /^(region|filter|attributes|options)$/;

function* expanded(name: string, value: unknown): Generator<[string, string]> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* expanded(`${name}[${i}]`, item);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value))
      yield* expanded(`${name}[${key.replace(/[\\[\]]/g, "\\$&")}]`, item);
  } else if (value !== null && value !== undefined) {
    yield [name, String(value)];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Left as it is: the contract's schema then says what it wanted.
    return text;
  }
}

export function expandFormFields(form: FormData): FormData {
  const fields = new FormData();
  for (const [name, value] of form) {
    if (LISTS.test(name)) fields.append(`${name}[]`, value);
    else if (typeof value === "string" && OBJECTS.test(name)) {
      for (const [path, text] of expanded(name, parsed(value))) fields.append(path, text);
    } else fields.append(name, value);
  }
  return fields;
}
