import { randomInt } from "node:crypto";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { createRemoteService, type RemoteHealth } from "../../lib/remote/remote-service.ts";
import type { DeclaredEncoder } from "../declared.ts";
import { decodeReply, encodeRequest, type InferReply, type Tensor } from "./codec.ts";
import { type ExpectedModel, type ExpectedTensor, faultsOf, identityOf, type ModelDescription } from "./description.ts";
import { TritonRefusal, translate } from "./failures.ts";
import type { Healer } from "./healer.ts";
import { describeLoaded } from "./known-model.ts";
import { checkOutputs } from "./outputs.ts";
import type { TritonServer } from "./server.ts";

interface ServedModelOptions {
  server: TritonServer;
  name: string;
  /** `triton.imageModel`, `triton.textModel` or `triton.pictureTextModel`, for messages. */
  setting: string;
  identity: Pick<DeclaredEncoder, "fingerprint">;
  expected: ExpectedModel;
  healer: Healer;
}

type Outputs = InferReply["outputs"];

interface InferOptions {
  /** 1 goes first. */
  priority: 1 | 2;
  signal: AbortSignal;
}

/** One model of a server, made sure of before it is used: that it is the expected one, loaded, and alive. */
export interface ServedModel {
  /** Items of a request, at most. */
  readonly maxBatchSize: number;
  /**
   * One request. `read` makes results out of outputs of the expected types and shapes; what it throws is the answer's
   * fault.
   * @throws ShelfmatchError SERVICE_*, TIMEOUT, BUSY, CANCELLED
   */
  infer<T>(inputs: readonly Tensor[], read: (outputs: Outputs) => T, options: InferOptions): Promise<T>;
  /** Looks at the model again and infers, past the breaker; resolves to the server's version. */
  probe(inputs: readonly Tensor[], read: (outputs: Outputs) => unknown): Promise<string>;
  health(version: string | null): RemoteHealth;
}

/** Input that a model may have, and need not read. */
const SALT = "salt";
const SALT_INPUT: ExpectedTensor = { name: SALT, datatype: "INT32", shape: [1], optional: true };

const rowsOf = (tensors: readonly Tensor[]) => tensors[0]?.shape[0] ?? 0;

/** Guess until the model was looked at. */
const FIRST_BATCH_SIZE = 8;

/** Times that a request is sent, at most. */
const ATTEMPTS = 4;

export function createServedModel(options: ServedModelOptions): ServedModel {
  const { server, name, setting, identity, expected, healer } = options;
  const { address, deadlineMs } = server;
  const remote = createRemoteService({ name: "Triton", address, deadlineMs, translate });
  /** What the server said, and how many connections it had lost by then. */
  let checked: { model: ModelDescription; losses: number } | null = null;
  let checking: Promise<ModelDescription> | null = null;

  function mismatch(what: string): ShelfmatchError {
    const message = `Triton's model ${name} at ${address} can't be used: ${what}. Lay its repository out for this version (\`python -m shelfmatch_triton lay-out\`) and load it again, or name another model in ${setting}.`;
    return new ShelfmatchError("SERVICE_MISMATCH", message);
  }

  async function checkModel(): Promise<ModelDescription> {
    const losses = server.losses;
    const model = await describeLoaded(server, name, healer);
    const faults = faultsOf(model, { ...expected, inputs: [...expected.inputs, SALT_INPUT] });
    if (faults.length > 0) throw mismatch(faults.join("; "));
    let found: DeclaredEncoder;
    try {
      found = identityOf(model);
    } catch (error) {
      throw mismatch((error as Error).message);
    }
    if (found.fingerprint !== identity.fingerprint) {
      throw mismatch(
        `it makes vectors of ${found.fingerprint}, and those in use are of ${identity.fingerprint}, which can't be compared`,
      );
    }
    checked = { model, losses };
    return model;
  }

  /** Before the first use, and again once a connection was lost: another server may have come in its place. */
  function ensureChecked(): Promise<ModelDescription> {
    if (checked !== null && checked.losses === server.losses) return Promise.resolve(checked.model);
    checking ??= checkModel().finally(() => {
      checking = null;
    });
    return checking;
  }

  async function ask(tensors: readonly Tensor[], { priority, signal }: InferOptions): Promise<Outputs> {
    await ensureChecked();
    const { headerLength, body } = encodeRequest(tensors, { priority, timeout: deadlineMs * 1000 });
    const reply = await server.request(`/v2/models/${encodeURIComponent(name)}/infer`, {
      method: "POST",
      headers: {
        "content-type": "application/octet-stream",
        "inference-header-content-length": String(headerLength),
      },
      body,
      signal,
    });
    const header = reply.headers["inference-header-content-length"];
    const { modelVersion, outputs } = decodeReply(reply.body, typeof header === "string" ? header : undefined);
    const versions = checked?.model.versions ?? [];
    if (versions.length > 0 && !versions.includes(modelVersion)) {
      // The model was exchanged while connections stayed: its vectors may be others.
      checked = null;
      await ensureChecked();
    }
    return outputs;
  }

  /**
   * As `ask`. Triton's response cache keeps a request that failed as a reply without tensors, and goes on to answer with
   * that when the model has been mended: a salt, which the model does not read, makes another request of it.
   */
  async function askUncached(tensors: readonly Tensor[], infer: InferOptions): Promise<Outputs> {
    const outputs = await ask(tensors, infer);
    const salts = checked?.model.inputs.some(({ name: input }) => input === SALT) ?? false;
    if (outputs.size > 0 || !salts) return check(outputs, tensors);
    const rows = rowsOf(tensors);
    const data = [new Int32Array(rows).fill(randomInt(2 ** 31))];
    return check(await ask([...tensors, { name: SALT, datatype: "INT32", shape: [rows, 1], data }], infer), tensors);
  }

  function check(outputs: Outputs, tensors: readonly Tensor[]): Outputs {
    checkOutputs(outputs, expected.outputs, rowsOf(tensors));
    return outputs;
  }

  /** Asks, and again when the model was not there or its process had died and could be mended. */
  async function askAlive(tensors: readonly Tensor[], infer: InferOptions): Promise<Outputs> {
    for (let attempt = 1; ; attempt++) {
      const before = healer.mended;
      try {
        return await askUncached(tensors, infer);
      } catch (error) {
        const absent = error instanceof TritonRefusal && (error.notLoaded || error.stubDied);
        // More than twice: while one caller asks anew, another may still find out about a process that died.
        if (!absent || attempt === ATTEMPTS) throw error;
        await healer.heal(error.stubDied ? "anew" : "load", before);
        checked = null;
      }
    }
  }

  /** As `askAlive`, and mends whatever else a model has that fails while the server calls it ready. */
  async function askProbing(tensors: readonly Tensor[], infer: InferOptions): Promise<Outputs> {
    const before = healer.mended;
    try {
      return await askAlive(tensors, infer);
    } catch (error) {
      if (!(error instanceof TritonRefusal) || error.status < 500) throw error;
      await server.request(`/v2/models/${encodeURIComponent(name)}/ready`, { signal: infer.signal });
      await healer.heal("anew", before);
      checked = null;
      return askUncached(tensors, infer);
    }
  }

  return {
    get maxBatchSize() {
      return checked?.model.maxBatchSize ?? FIRST_BATCH_SIZE;
    },
    infer: (tensors, read, { priority, signal }) =>
      remote.call(`run ${name}`, async (inner) => read(await askAlive(tensors, { priority, signal: inner })), {
        signal,
      }),
    probe: (tensors, read) =>
      remote.probe(`run ${name}`, async (signal) => {
        checked = null;
        read(await askProbing(tensors, { priority: 1, signal }));
        return server.version(signal);
      }),
    health: (version) => ({ ...remote.status(), version }),
  };
}
