import { z } from "zod";
import { type DeclaredEncoder, declaredBy } from "../declared.ts";
import type { Datatype } from "./codec.ts";
import type { TritonServer } from "./server.ts";

/** A tensor as the server describes it; the first side of the shape, the batch, and any other that varies, is -1. */
export interface TensorDescription {
  name: string;
  datatype: string;
  shape: readonly number[];
}

/** What a server says of one of its models. */
export interface ModelDescription {
  name: string;
  versions: readonly string[];
  /** 0 where the model takes no batches. */
  maxBatchSize: number;
  inputs: readonly TensorDescription[];
  outputs: readonly TensorDescription[];
  /** Of the configuration; the shipped models carry the identity of their vectors here. */
  parameters: Readonly<Record<string, string>>;
}

/** A tensor that an adapter sends or reads; `null`: that side may have any length. */
export interface ExpectedTensor {
  name: string;
  datatype: Datatype;
  shape: readonly (number | null)[];
  /** Not every model has it. */
  optional?: boolean;
}

/** What an adapter needs a model to be. */
export interface ExpectedModel {
  inputs: readonly ExpectedTensor[];
  outputs: readonly ExpectedTensor[];
  /** Parameters that must be exactly so. */
  parameters: Readonly<Record<string, string>>;
}

const tensor = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.coerce.number().int()) });
const metadataSchema = z.object({
  name: z.string(),
  versions: z.array(z.string()).default([]),
  inputs: z.array(tensor),
  outputs: z.array(tensor),
});
const configSchema = z.object({
  max_batch_size: z.number().int().default(0),
  parameters: z.record(z.string(), z.object({ string_value: z.string() })).default({}),
});
/** @throws TritonRefusal, for a model that is not loaded with `notLoaded`; errors of undici; Error for a wrong answer */
export async function describeModel(
  server: TritonServer,
  name: string,
  signal: AbortSignal,
): Promise<ModelDescription> {
  const path = `/v2/models/${encodeURIComponent(name)}`;
  const [metadata, config] = await Promise.all([
    server.json(metadataSchema, path, { signal }),
    server.json(configSchema, `${path}/config`, { signal }),
  ]);
  return {
    ...metadata,
    maxBatchSize: config.max_batch_size,
    parameters: Object.fromEntries(
      Object.entries(config.parameters).map(([key, { string_value }]) => [key, string_value]),
    ),
  };
}

/**
 * What the model's parameters declare, as `engine/encode/fingerprint.ts` makes fingerprints.
 * @throws Error that says what is missing or does not agree
 */
export const identityOf = ({ parameters }: ModelDescription): DeclaredEncoder => declaredBy(parameters);

/** What of the model is not as the adapter needs it, each in half a sentence; empty where all is well. */
export function faultsOf(model: ModelDescription, expected: ExpectedModel): string[] {
  const faults: string[] = [];
  if (model.maxBatchSize < 1) faults.push("it takes no batches");
  for (const given of model.inputs) {
    const known = expected.inputs.some(({ name }) => name === given.name);
    if (!known) faults.push(`it wants another input, ${written(given)}`);
  }
  for (const [side, wanted, given] of [
    ["input", expected.inputs, model.inputs],
    ["output", expected.outputs, model.outputs],
  ] as const) {
    for (const tensor of wanted) {
      const found = given.find(({ name }) => name === tensor.name);
      if (found === undefined) {
        if (!tensor.optional) faults.push(`it has no ${side} \`${tensor.name}\``);
      } else if (!fits(found, tensor)) faults.push(`its ${side} is ${written(found)}, not ${needed(tensor)}`);
    }
  }
  for (const [key, value] of Object.entries(expected.parameters)) {
    const given = model.parameters[key];
    if (given !== value) faults.push(`its ${key} is ${given ?? "not stated"}, not ${value}`);
  }
  return faults;
}

function fits(given: TensorDescription, { datatype, shape }: ExpectedTensor): boolean {
  const [batch, ...sides] = given.shape;
  return (
    given.datatype === datatype &&
    batch === -1 &&
    sides.length === shape.length &&
    shape.every((side, n) => side === null || side === sides[n])
  );
}

const written = ({ name, datatype, shape }: TensorDescription) => `\`${name}\` ${datatype} [${shape.join(", ")}]`;
const needed = ({ name, datatype, shape }: ExpectedTensor) =>
  `\`${name}\` ${datatype} [-1, ${shape.map((side) => side ?? "any").join(", ")}]`;
