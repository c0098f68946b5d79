import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, it } from "vitest";
import { openApiDocument } from "./openapi.ts";

let document: Awaited<ReturnType<typeof openApiDocument>>;

beforeAll(async () => {
  document = await openApiDocument("0.1.0");
});

const operations = () =>
  Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) => ({ path, method, operation: JSON.stringify(operation) })),
  );

it("is a valid OpenAPI 3.1 document", async () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const result = await new Validator().validate(structuredClone(document));
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);
});

it("names every operation once, with a summary and a tag", () => {
  const ids = operations().map(({ operation }) => JSON.parse(operation).operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(25);
  for (const { path, operation } of operations()) {
    expect(JSON.parse(operation), path).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
  }
});

describe("shapes", () => {
  const operation = (path: string, method: string) =>
    operations().find((each) => each.path === path && each.method === method)?.operation ?? "";

  it.each(["/match", "/match/stream", "/imports", "/evaluations/folders", "/products", "/products/{sku}/pictures"])(
    "%s takes files in a form",
    (path) => {
      expect(operation(path, "post")).toContain('"multipart/form-data"');
      expect(operation(path, "post")).toMatch(/"contentMediaType"|"format":"binary"/);
    },
  );

  it.each([
    ["/match/stream", "post"],
    ["/journal/events", "get"],
    ["/imports/{importId}/events", "get"],
    ["/evaluations/{id}/events", "get"],
  ])("%s answers with events", (path, method) => {
    expect(operation(path, method)).toContain('"text/event-stream"');
  });

  it.each(["/pictures/{hash}", "/runs/{runId}/photo", "/evaluations/{id}/export", "/examples/{name}"])(
    "%s answers with bytes",
    (path) => {
      expect(operation(path, "get")).toMatch(/"200":.*"format":"binary"/);
    },
  );

  it("errors are the four keys", () => {
    expect(operation("/match", "post")).toContain('"422":{"$ref":"#/components/responses/Error422"}');
    expect(document.components?.responses?.Error422).toMatchObject({
      description: expect.stringContaining("IMAGE_UNREADABLE"),
      content: { "application/json": { schema: { required: ["code", "message", "retryable", "details"] } } },
    });
  });

  it("a body that must hold a file has no JSON form; one that may has it without", () => {
    expect(operation("/match", "post")).not.toContain('"requestBody":{"required":true,"content":{"application/json"');
    const json = JSON.parse(operation("/products", "post")).requestBody.content["application/json"].schema;
    expect(Object.keys(json.properties)).toEqual(expect.not.arrayContaining(["pictures"]));
  });
});
