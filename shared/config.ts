import { z } from "zod";

/** A switch; the environment can only say it in words. */
const flag = z.union([z.boolean(), z.stringbool()]);

/**
 * The one configuration schema. Sources, first wins: command line, environment (`SHELFMATCH_SERVER_PORT` for
 * `server.port`), `config.json` in the data folder, the defaults below. The settings page edits the same schema.
 */
export const configSchema = z.strictObject({
  server: z
    .strictObject({
      host: z
        .string()
        .min(1)
        .describe("Address the web host listens on. Anything but loopback needs a token.")
        .default("127.0.0.1"),
      port: z.coerce
        .number()
        .int()
        .min(0)
        .max(65535)
        .describe("Port of the web host; 0 takes a free one.")
        .default(7860),
      token: z.string().min(16).nullable().describe("Token that callers from other machines must send.").default(null),
      allowedHosts: z
        .array(z.string())
        .describe("Host names, beside the listening address, under which browsers may reach the web host.")
        .default([]),
    })
    .prefault({}),
  limits: z
    .strictObject({
      pictureBytes: z.coerce
        .number()
        .int()
        .positive()
        .describe("Largest picture file, in bytes.")
        .default(64 * 1024 * 1024),
      picturePixels: z.coerce.number().int().positive().describe("Largest picture, in pixels.").default(100_000_000),
      uploadBytes: z.coerce
        .number()
        .int()
        .positive()
        .describe("Largest upload of an import, in bytes.")
        .default(4 * 1024 ** 3),
      queue: z.coerce
        .number()
        .int()
        .positive()
        .describe("Matches that may wait at once before BUSY is answered.")
        .default(256),
    })
    .prefault({}),
  match: z
    .strictObject({
      top: z.coerce.number().int().min(1).max(100).describe("How many candidates a match returns.").default(5),
      precision: z.coerce
        .number()
        .min(0.5)
        .max(0.999)
        .describe("Share of `match` verdicts that must be right; sets the threshold.")
        .default(0.95),
      absentRate: z.coerce
        .number()
        .min(0.001)
        .max(0.5)
        .describe("Share of present products that may be called `none`.")
        .default(0.02),
      verify: flag.describe("Compare the best candidates pixel by pixel.").default(true),
      readText: flag.describe("Read the text on the package, as a later stage.").default(true),
    })
    .prefault({}),
  encoder: z
    .strictObject({
      workers: z.coerce.number().int().min(0).max(64).describe("Encoder threads; 0 takes one a core.").default(0),
      cacheEntries: z.coerce.number().int().min(0).describe("Embeddings kept in memory.").default(20_000),
    })
    .prefault({}),
  journal: z
    .strictObject({
      level: z.enum(["debug", "info", "warn", "error"]).describe("Least level that is kept.").default("info"),
      retentionDays: z.coerce.number().int().min(1).describe("Days that log lines and runs are kept.").default(90),
      maxEntries: z.coerce.number().int().min(1000).describe("Log lines kept at most.").default(1_000_000),
      queryPhotos: z
        .enum(["off", "thumbnails", "full"])
        .describe("What is kept of the photos that are matched.")
        .default("thumbnails"),
      queryPhotoDays: z.coerce.number().int().min(1).describe("Days that query photos are kept.").default(30),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration with nothing said: what a first start runs on. */
export const defaultConfig: Config = configSchema.parse({});
