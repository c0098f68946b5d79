import { OpenAPIGenerator } from "@orpc/openapi";
import { ZodToJsonSchemaConverter } from "@orpc/zod/zod4";
import { contract } from "../../../shared/contract/contract.ts";
import { productSchema } from "../../../shared/contract/domain.ts";
import { importProgressSchema } from "../../../shared/contract/imports.ts";
import { journalEntrySchema, runSchema } from "../../../shared/contract/journal.ts";
import { candidateSchema, descriptionSchema, matchResultSchema } from "../../../shared/contract/match.ts";
import { healthSchema } from "../../../shared/contract/system.ts";
import { tidyDocument } from "./openapi-tidy.ts";

const DESCRIPTION = `Which product of a catalogue does a photo show? Everything the Shelfmatch app does, over plain HTTP.

- **Pictures** are sent as files of a \`multipart/form-data\` body, and come back as their own bytes.
- **Lists** in a form repeat the field (\`files=@a.csv files=@b.jpg\`); objects such as \`region\` are JSON in one field,
  or bracketed fields: \`region[x]=0.1\`.
- **Streams** (\`text/event-stream\`) send \`message\` events with JSON data and end with \`done\`.
- **Errors** are \`{code, message, retryable, details}\`: the message names the thing, the reason and the next step.
- **Access**: on this machine alone nothing is asked; elsewhere send \`Authorization: Bearer <server.token>\`.

Files of the server's machine are never read for a caller from outside: upload them.`;

const TAGS = [
  { name: "match", description: "Find out which product a picture, a text or a barcode names." },
  { name: "catalogue", description: "Products and their pictures." },
  { name: "import", description: "Bring a catalogue in, many products at once." },
  { name: "evaluation", description: "Measure how well matching does on this catalogue." },
  { name: "journal", description: "What happened: log lines, errors, and every matching run." },
  { name: "system", description: "Health and settings." },
];

/** The OpenAPI 3.1 document of `/api/v1`. */
export async function openApiDocument(version: string) {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: {
      title: "Shelfmatch",
      version,
      description: DESCRIPTION,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1", description: "This server" }],
    tags: TAGS,
    security: [{}, { token: [] }],
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "server.token of the settings" } },
    },
    commonSchemas: {
      Product: { schema: productSchema, strategy: "output" },
      Candidate: { schema: candidateSchema, strategy: "output" },
      Description: { schema: descriptionSchema, strategy: "output" },
      MatchResult: { schema: matchResultSchema, strategy: "output" },
      ImportProgress: { schema: importProgressSchema, strategy: "output" },
      JournalEntry: { schema: journalEntrySchema, strategy: "output" },
      Run: { schema: runSchema, strategy: "output" },
      Health: { schema: healthSchema, strategy: "output" },
    },
    customErrorResponseBodySchema: (definitions) => ({
      type: "object",
      properties: {
        code: { enum: definitions.map(([code]) => code) },
        message: { type: "string", description: "Names the thing, the reason and the next step." },
        retryable: { type: "boolean", description: "Whether the same call may go through later without a change." },
        details: { type: "object", additionalProperties: true },
      },
      required: ["code", "message", "retryable", "details"],
      additionalProperties: false,
    }),
  });
  tidyDocument(document);
  return document;
}
