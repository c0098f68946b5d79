import { z } from "zod";

/**
 * Inference requests and replies with the binary tensor extension: JSON that names the tensors, then their bytes.
 * https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */

const ELEMENTS = {
  UINT8: Uint8Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP32: Float32Array,
} as const;

export type Datatype = keyof typeof ELEMENTS;
type TensorData = Uint8Array | Int32Array | BigInt64Array | Float32Array;

export interface Tensor {
  name: string;
  datatype: Datatype;
  shape: readonly number[];
  /** In order, little-endian as in this machine's memory; parts stand one behind the other. */
  data: readonly TensorData[];
}

/** Values of the reply's tensors, by name. */
export interface InferReply {
  modelVersion: string;
  outputs: ReadonlyMap<string, { datatype: Datatype; shape: readonly number[]; data: TensorData }>;
}

export interface EncodedRequest {
  /** Goes into `Inference-Header-Content-Length`. */
  headerLength: number;
  body: Buffer;
}

/** @param parameters of the request: `priority`, `timeout` (microseconds) */
export function encodeRequest(inputs: readonly Tensor[], parameters: Record<string, number> = {}): EncodedRequest {
  const header = Buffer.from(
    JSON.stringify({
      inputs: inputs.map(({ name, datatype, shape, data }) => ({
        name,
        datatype,
        shape,
        parameters: { binary_data_size: data.reduce((sum, part) => sum + part.byteLength, 0) },
      })),
      parameters: { ...parameters, binary_data_output: true },
    }),
  );
  const parts = inputs.flatMap(({ data }) => data.map((part) => bytesOf(part)));
  return { headerLength: header.length, body: Buffer.concat([header, ...parts]) };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData) => new Uint8Array(buffer, byteOffset, byteLength);

const replySchema = z.object({
  model_version: z.string(),
  outputs: z.array(
    z.object({
      name: z.string(),
      datatype: z.enum(Object.keys(ELEMENTS) as [Datatype, ...Datatype[]]),
      shape: z.array(z.number().int().min(0)),
      parameters: z.object({ binary_data_size: z.number().int().min(0) }),
    }),
  ),
});

/**
 * @param headerLength the reply's `Inference-Header-Content-Length`; undefined where all of it is JSON
 * @throws Error that says what of the reply does not hold together
 */
export function decodeReply(body: Uint8Array, headerLength: string | undefined): InferReply {
  const length = headerLength === undefined ? body.length : Number(headerLength);
  if (!Number.isInteger(length) || length < 2 || length > body.length) {
    throw new Error(`its answer of ${body.length} bytes can't have ${headerLength} of JSON`);
  }
  const header = replySchema.safeParse(parseJson(body.subarray(0, length)));
  if (!header.success) throw new Error(`its answer is no inference reply: ${z.prettifyError(header.error)}`);
  const outputs: Map<string, { datatype: Datatype; shape: number[]; data: TensorData }> = new Map();
  let at = length;
  for (const { name, datatype, shape, parameters } of header.data.outputs) {
    const size = parameters.binary_data_size;
    const Elements = ELEMENTS[datatype];
    const wanted = shape.reduce((product, side) => product * side, Elements.BYTES_PER_ELEMENT);
    if (size !== wanted) throw new Error(`\`${name}\` ${datatype} [${shape.join(", ")}] came in ${size} bytes`);
    if (at + size > body.length) throw new Error(`its answer ends within \`${name}\``);
    // Copied: the elements need their own alignment, and a row that is kept must not keep the whole answer.
    const data = new Elements(Uint8Array.from(body.subarray(at, at + size)).buffer);
    outputs.set(name, { datatype, shape, data });
    at += size;
  }
  if (at !== body.length) throw new Error(`its answer has ${body.length - at} bytes that belong to no tensor`);
  return { modelVersion: header.data.model_version, outputs };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (cause) {
    throw new Error("its answer has no JSON where it should", { cause });
  }
}
