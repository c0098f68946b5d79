import sharp from "sharp";
import { z } from "zod";
import type { Config } from "../../../shared/config.ts";
import type { PictureWords } from "../../../shared/contract/describe.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { Describer } from "../../describe/port.ts";
import { ANSWER_SCHEMA, PROMPT, SYSTEM } from "../../describe/prompts.ts";
import { saysNothing, tidyWords } from "../../describe/words.ts";
import { createRemoteService } from "../../lib/remote/remote-service.ts";
import type { Look } from "../../picture/look.ts";
import { probe } from "../probe.ts";
import { createTritonControl, type TritonControl } from "./control.ts";
import { describerFaults, fingerprintOf, translateDescriber } from "./describer-model.ts";
import type { ModelDescription } from "./description.ts";
import { TritonRefusal } from "./failures.ts";
import { createHealer } from "./healer.ts";
import { describeLoaded } from "./known-model.ts";
import { connectTriton } from "./server.ts";

interface TritonDescriberOptions {
  triton: Config["triton"];
  settings: Config["describer"];
  onNotice(message: string): void;
}

/** Waiting calls for each that may be under way: a description takes seconds, and nobody waits for it minutes. */
const WAITING = 2;
/** Times that a request is sent, at most: to a model that was not loaded, or had died. */
const ATTEMPTS = 3;
/** That a health check waits: the page that shows it must not hang on one that writes for others. */
const PROBE_MS = 5_000;
/** Part of the deadline that the model has: the rest is for the way there and back. */
const MODEL_SHARE = 0.9;

const replySchema = z.object({ text: z.string(), finish: z.string() });
/** The contract's words without their limits: these count otherwise in JSON schemas, and are cut to afterwards. */
export const answerSchema: z.ZodType<PictureWords> = z.object({
  ...{ caption: z.string(), category: z.string(), material: z.string(), brand: z.string() },
  ...{ colours: z.array(z.string()), text: z.array(z.string()) },
});

/**
 * A vision-language model of Triton (`POST /v2/models/<model>/generate`). On connections of its own: an encoder never
 * waits behind a description. The server need not be there yet.
 */
export function createTritonDescriber({
  triton,
  settings,
  onNotice,
}: TritonDescriberOptions): Describer & { control: TritonControl } {
  const model = triton.describeModel;
  const { deadlineMs, maxTokens, together, side } = settings;
  // One more, for what is asked of the model itself.
  const server = connectTriton({ ...triton, connections: together + 1 });
  const { address } = server;
  const healer = createHealer(server, model, onNotice, "lay-out-describer");
  const remote = createRemoteService({
    ...{ name: "Triton", address, deadlineMs, concurrency: together, waiting: together * WAITING },
    translate: translateDescriber,
  });
  /** What the server said, and how many connections it had lost by then: another may have come in its place. */
  let checked: { model: ModelDescription; losses: number } | null = null;
  let version: string | null = null;
  /** Fires at the end: nobody waits seconds for a description then. */
  const closing = new AbortController();

  function assertOpen(): void {
    if (closing.signal.aborted) throw new ShelfmatchError("ENGINE_GONE", "The describer has been shut down.");
  }

  async function ensureChecked(): Promise<ModelDescription> {
    if (checked !== null && checked.losses === server.losses) return checked.model;
    const losses = server.losses;
    const found = await describeLoaded(server, model, healer);
    const faults = describerFaults(found);
    if (faults.length > 0) {
      const message = `Triton's model ${model} at ${address} can't describe pictures: ${faults.join("; ")}. Lay it out anew (\`python -m shelfmatch_triton lay-out-describer\`), or name another model in triton.describeModel.`;
      throw new ShelfmatchError("SERVICE_MISMATCH", message);
    }
    checked = { model: found, losses };
    return found;
  }

  /** Asks, and again when the model was not there or its process had died and could be mended. */
  async function ask(inputs: Record<string, unknown>, outer: AbortSignal) {
    const signal = AbortSignal.any([outer, closing.signal]);
    for (let attempt = 1; ; attempt++) {
      const before = healer.mended;
      try {
        await ensureChecked();
        const path = `/v2/models/${encodeURIComponent(model)}/generate`;
        const headers = { "content-type": "application/json" };
        return await server.json(replySchema, path, { method: "POST", headers, body: JSON.stringify(inputs), signal });
      } catch (error) {
        const absent = error instanceof TritonRefusal && (error.notLoaded || error.stubDied);
        if (!absent || attempt === ATTEMPTS || signal.aborted) throw error;
        await healer.heal(error.stubDied ? "anew" : "load", before);
        checked = null;
      }
    }
  }

  async function pictureFor(look: Look): Promise<string> {
    const { rgb, width, height } = await look(side);
    const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
      .jpeg({ quality: 90 })
      .toBuffer();
    return jpeg.toString("base64");
  }

  return {
    control: createTritonControl(server),
    pace: "later",
    async fingerprint() {
      assertOpen();
      const found = await remote.call(`say what ${model} is`, ensureChecked, { deadlineMs: triton.deadlineMs });
      return fingerprintOf(found, settings);
    },
    async describe({ look }, { signal } = {}) {
      assertOpen();
      const inputs = {
        prompt: PROMPT,
        system: SYSTEM,
        schema: ANSWER_SCHEMA,
        pictures: [await pictureFor(look)],
        max_tokens: maxTokens,
        // Ended by the model itself, an answer is whole: what is said until then is better than nothing.
        deadline_ms: Math.round(deadlineMs * MODEL_SHARE),
      };
      const work = async (inner: AbortSignal) => readAnswer((await ask(inputs, inner)).text);
      return remote.call("describe the picture", work, { signal });
    },
    async health() {
      const health = await probe(async () => {
        assertOpen();
        // A token or two: it must run, and need not say anything.
        const work = async (signal: AbortSignal) => {
          checked = null;
          await ask({ prompt: "Say yes.", max_tokens: 2 }, signal);
          version = await server.version(signal);
        };
        await remote.probe("describe pictures", work, Math.min(triton.deadlineMs, PROBE_MS));
      }, `model ${model}`);
      return { ...health, remote: { ...remote.status(), version } };
    },
    async close() {
      closing.abort(new ShelfmatchError("ENGINE_GONE", "The describer has been shut down."));
      await server.close();
    },
  };
}

/**
 * The words of an answer.
 * @throws Error that says what it is not: a text of no JSON (cut off on its way), of another shape, without a word
 */
export function readAnswer(text: string): PictureWords {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (cause) {
    throw new Error(`its answer is no JSON: ${JSON.stringify(text.slice(0, 80))}`, { cause });
  }
  const shape = answerSchema.safeParse(said);
  if (!shape.success) throw new Error(`its answer is not as the schema says: ${z.prettifyError(shape.error)}`);
  const words = tidyWords(shape.data);
  if (saysNothing(words)) throw new Error("its answer says nothing");
  return words;
}
