import type { Config } from "../../../shared/config.ts";
import type { PartShape } from "../../lib/mongo/shape.ts";

/** Collections of the journal: their rules and indexes. What changes here raises the version. */

export const LOG = "log";
export const RUNS = "runs";
export const PHOTOS = "queryPhotos";
/** Counter of log lines. */
export const LINES = "lines";

const nullable = (bsonType: string) => ({ bsonType: [bsonType, "null"] });
const hash = { bsonType: ["string", "null"], pattern: "^[0-9a-f]{64}$" };
/** @param optional properties that a document of an older version lacks */
const object = (properties: Record<string, object>, optional: Record<string, object> = {}) => ({
  bsonType: "object",
  required: Object.keys(properties),
  additionalProperties: false,
  properties: { ...properties, ...optional },
});

export const JOURNAL_SHAPE: PartShape = {
  part: "journal",
  version: 2,
  collections: [
    {
      name: LOG,
      schema: object(
        {
          _id: { bsonType: "long", minimum: 1 },
          time: { bsonType: "date" },
          level: { bsonType: "int", minimum: 0, maximum: 3 },
          component: { bsonType: "string" },
          runId: nullable("string"),
          message: { bsonType: "string" },
          data: nullable("string"),
          // Which engine's outbox it came from, as its which entry: what is sent twice goes in once.
          origin: { bsonType: "string" },
          seq: { bsonType: "long" },
        },
        // Fingerprint of what a warning or error says.
        { problem: nullable("string") },
      ),
      indexes: [
        { name: "origin", key: { origin: 1, seq: 1 }, unique: true },
        { name: "run", key: { runId: 1, _id: -1 }, partialFilterExpression: { runId: { $gt: "" } } },
      ],
    },
    {
      name: RUNS,
      schema: object({
        _id: { bsonType: "string" },
        time: { bsonType: "date" },
        verdict: { enum: ["match", "similar", "none", null] },
        run: { bsonType: "object" },
        feedback: nullable("object"),
        photo: hash,
      }),
      indexes: [
        { name: "verdict", key: { verdict: 1, time: -1 } },
        { name: "photo", key: { photo: 1 }, partialFilterExpression: { photo: { $gt: "" } } },
      ],
    },
    {
      name: PHOTOS,
      schema: object({
        _id: { bsonType: "string" },
        hash: { ...hash, bsonType: "string" },
        part: { bsonType: "int", minimum: 0 },
        parts: { bsonType: "int", minimum: 1 },
        mediaType: { bsonType: "string" },
        bytes: { bsonType: "binData" },
        lastUse: { bsonType: "date" },
      }),
      indexes: [{ name: "hash", key: { hash: 1, part: 1 } }],
    },
  ],
};

/**
 * What lines and runs are searched and counted by, all of it made from them. Made behind the journal's back: an older
 * database is written to and listed from at once, and searched quickly when this is done.
 */
export const LOG_HOURS = "logHours";
export const RUN_HOURS = "runHours";
export const LOG_BLOCKS = "logBlocks";
export const MARKS = "marks";

export const ANALYSIS_SHAPE: PartShape = {
  part: "journal's index",
  version: 1,
  collections: [
    {
      name: LOG,
      schema: null,
      indexes: [
        { name: "component_level", key: { component: 1, level: 1, _id: -1 } },
        { name: "every_level", key: { level: 1, _id: -1 } },
        {
          name: "problem",
          key: { problem: 1, _id: -1, time: 1 },
          partialFilterExpression: { problem: { $gt: "" } },
        },
      ],
    },
    { name: LOG_HOURS, schema: null, indexes: [] },
    { name: RUN_HOURS, schema: null, indexes: [] },
    { name: LOG_BLOCKS, schema: null, indexes: [] },
    { name: MARKS, schema: null, indexes: [] },
  ],
};

const DAY_SECONDS = 86_400;

/** What the server removes by itself, by which date, after how many seconds. */
export const expiries = ({ retentionDays, queryPhotoDays }: Config["journal"]) => [
  { collection: LOG, field: "time", seconds: retentionDays * DAY_SECONDS },
  { collection: RUNS, field: "time", seconds: retentionDays * DAY_SECONDS },
  { collection: PHOTOS, field: "lastUse", seconds: queryPhotoDays * DAY_SECONDS },
];
