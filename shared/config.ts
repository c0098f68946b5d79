import { z } from "zod";

/** A switch; the environment can only say it in words. */
const flag = z.union([z.boolean(), z.stringbool()]);

/** Where a service is reached. Passwords and keys are read from files, so that no settings page or log shows them. */
const serviceUrl = (what: string) => z.url({ protocol: /^https?$/ }).describe(`Address of ${what}.`);
const secretFile = (what: string) =>
  z.string().min(1).nullable().describe(`File that holds ${what}; empty where there is none.`).default(null);
const deadline = (seconds: number) =>
  z.coerce
    .number()
    .int()
    .min(100)
    .max(600_000)
    .describe("Milliseconds that a call may take.")
    .default(seconds * 1000);

/**
 * The one configuration schema. Sources, first wins: command line, environment (`SHELFMATCH_SERVER_PORT` for
 * `server.port`), `config.json` in the data folder, the defaults below. The settings page edits the same schema.
 */
export const configSchema = z.strictObject({
  parts: z
    .strictObject({
      profile: z
        .enum(["embedded", "stack"])
        .describe("embedded: everything inside the app. stack: Triton, Qdrant and MongoDB.")
        .default("embedded"),
      encoder: z.enum(["profile", "onnx", "triton"]).describe("What runs the models.").default("profile"),
      describer: z
        .enum(["embedded", "triton"])
        .describe(
          "What describes pictures in words. embedded: class, colours and text that the app recognises. triton: a vision-language model, which Triton must serve.",
        )
        .default("embedded"),
      index: z.enum(["profile", "embedded", "qdrant", "chroma"]).describe("What keeps the vectors.").default("profile"),
      catalog: z.enum(["profile", "sqlite", "mongo"]).describe("What keeps products and pictures.").default("profile"),
      journal: z.enum(["profile", "sqlite", "mongo"]).describe("What keeps runs, errors and logs.").default("profile"),
    })
    .prefault({}),
  triton: z
    .strictObject({
      url: serviceUrl("Triton's HTTP endpoint").default("http://127.0.0.1:8000"),
      imageModel: z.string().min(1).describe("Model that encodes pictures.").default("efficientnet-lite0"),
      textModel: z.string().min(1).describe("Model that encodes texts.").default("all-minilm-l6-v2"),
      pictureTextModel: z
        .string()
        .min(1)
        .nullable()
        .describe(
          "Model that encodes texts into the space of the image model, so that words find pictures; empty: the loaded one of that space, where there is one.",
        )
        .default(null),
      describeModel: z
        .string()
        .min(1)
        .describe("Vision-language model that describes pictures, where the describer is triton.")
        .default("describe"),
      deadlineMs: deadline(10),
      connections: z.coerce.number().int().min(1).max(256).describe("Connections kept open at most.").default(16),
    })
    .prefault({}),
  qdrant: z
    .strictObject({
      url: serviceUrl("Qdrant's REST endpoint").default("http://127.0.0.1:6333"),
      apiKeyFile: secretFile("Qdrant's API key"),
      prefix: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,31}$/)
        .describe("Begins the names of this app's collections.")
        .default("shelfmatch"),
      shards: z.coerce.number().int().min(1).max(1024).describe("Shards of a new collection.").default(1),
      replicas: z.coerce.number().int().min(1).max(32).describe("Copies of each shard.").default(1),
      writeConsistency: z.coerce
        .number()
        .int()
        .min(1)
        .max(32)
        .describe("Copies that must acknowledge a write.")
        .default(1),
      oversampling: z.coerce
        .number()
        .min(1)
        .max(16)
        .describe("Quantised candidates, per wanted one, that are scored again in full precision.")
        .default(2),
      deadlineMs: deadline(10),
    })
    .prefault({}),
  mongo: z
    .strictObject({
      url: z
        .string()
        .regex(/^mongodb(\+srv)?:\/\//, "must begin with mongodb:// or mongodb+srv://")
        .describe("Connection string of MongoDB, a replica set, without the password.")
        // Of a set of one, as docker/compose.yaml makes it, the member's own name means nothing outside.
        .default("mongodb://127.0.0.1:27017/?directConnection=true"),
      database: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/)
        .describe("Database that holds catalogue and journal.")
        .default("shelfmatch"),
      username: z
        .string()
        .min(1)
        .nullable()
        .describe("User of the database; empty where it asks for none.")
        .default(null),
      passwordFile: secretFile("the user's password"),
      deadlineMs: deadline(10),
    })
    .prefault({}),
  chroma: z
    .strictObject({
      url: serviceUrl("Chroma's HTTP endpoint").default("http://127.0.0.1:8100"),
      database: z
        .string()
        .regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{2,62}$/)
        .describe("Chroma's database that holds this app's collections; made where there is none.")
        .default("shelfmatch"),
      deadlineMs: deadline(10),
    })
    .prefault({}),
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
      tokenFile: secretFile("the token, of 16 characters or more, in place of `token`"),
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
  imports: z
    .strictObject({
      picturesFromWeb: flag
        .describe(
          "Allow imports to fetch pictures from web addresses, never from this machine or a private network. Each import must ask for it as well.",
        )
        .default(false),
      webPictureBytes: z.coerce
        .number()
        .int()
        .positive()
        .describe("Largest picture that is fetched from the web, in bytes.")
        .default(20 * 1024 * 1024),
      webPictureMs: deadline(30).describe("Milliseconds that a picture from the web may take, tried again or not."),
      webPerHost: z.coerce.number().int().min(1).max(16).describe("Pictures fetched from a host at once.").default(4),
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
        .default(0.03),
      verify: flag.describe("Compare the best candidates pixel by pixel.").default(true),
      readText: flag.describe("Read the text on the package, as a later stage.").default(true),
    })
    .prefault({}),
  learn: z
    .strictObject({
      confirmedPhotos: z
        .enum(["ask", "always", "never"])
        .describe("Whether a photo whose answer was confirmed becomes a further picture of its product.")
        .default("ask"),
      recalibrate: z
        .enum(["off", "suggest", "automatic"])
        .describe(
          "What happens when the catalogue has grown by half, many answers were judged, or the encoder is another: confidence is then worth fitting anew.",
        )
        .default("suggest"),
    })
    .prefault({}),
  describer: z
    .strictObject({
      deadlineMs: deadline(30).describe("Milliseconds that a description by a vision-language model may take."),
      maxTokens: z.coerce.number().int().min(16).max(2048).describe("Tokens of a description, at most.").default(256),
      together: z.coerce
        .number()
        .int()
        .min(1)
        .max(64)
        .describe("Descriptions that are asked for at once; twice as many may wait.")
        .default(4),
      side: z.coerce
        .number()
        .int()
        .min(112)
        .max(4096)
        .describe("Longest side, in pixels, of the picture that the model is shown.")
        .default(768),
    })
    .prefault({}),
  encoder: z
    .strictObject({
      imageModel: z
        .string()
        .regex(/^[A-Za-z0-9][\w.-]{0,127}$/, "must be the name of a model, as the folder `models` has it without .onnx")
        .describe(
          "Model that encodes pictures inside the app: the one that it ships with, or one of the folder `models` in the data folder.",
        )
        .default("efficientnet-lite0"),
      workers: z.coerce.number().int().min(0).max(64).describe("Encoder threads; 0 takes one a core.").default(0),
      cacheEntries: z.coerce.number().int().min(0).describe("Embeddings kept in memory.").default(20_000),
    })
    .prefault({}),
  journal: z
    .strictObject({
      level: z.enum(["debug", "info", "warn", "error"]).describe("Least level that is kept.").default("info"),
      retentionDays: z.coerce.number().int().min(1).describe("Days that log lines and runs are kept.").default(90),
      maxEntries: z.coerce.number().int().min(1000).describe("Log lines kept at most.").default(1_000_000),
      maxMegabytes: z.coerce
        .number()
        .int()
        .min(16)
        .describe("Megabytes that log lines may take; the oldest go first.")
        .default(2_048),
      queryPhotos: z
        .enum(["off", "thumbnails", "full"])
        .describe("What is kept of the photos that are matched.")
        .default("thumbnails"),
      queryPhotoDays: z.coerce.number().int().min(1).describe("Days that query photos are kept.").default(30),
      batchPhotoDays: z.coerce
        .number()
        .int()
        .min(0)
        .max(3650)
        .describe("Days that the uploaded photos of a batch are kept after its last match, to be reviewed.")
        .default(14),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration with nothing said: what a first start runs on. */
export const defaultConfig: Config = configSchema.parse({});
