// Speaks as much of Triton's HTTP protocol as the engine's describer asks for, and answers as a test says: for faults of
// the network that no real server shows when it is wanted (answers cut off, silence, nonsense), and for pages that need
// words which mean something. What the model does is proved on a real tritonserver (`engine/describer.modeltest.ts`).
import { once } from "node:events";
import { createServer } from "node:http";

/**
 * @typedef {import("node:http").ServerResponse} ServerResponse
 * @typedef {Record<string, unknown>} Asked The request's JSON.
 * @typedef {(asked: Asked, response: ServerResponse) => void | Promise<void>} Answer
 *
 * @typedef {object} StandIn
 * @property {string} url
 * @property {Asked[]} asked Descriptions that were asked for; not what a health check asks.
 * @property {() => number} gone Requests whose callers went away before they were answered.
 * @property {(answer: Answer) => void} answers How descriptions are answered from now on.
 * @property {() => Promise<void>} close
 */

const tensors = (/** @type {string[]} */ names) => names.map((name) => ({ name, datatype: "BYTES", shape: [1] }));
const METADATA = {
  name: "describe",
  versions: ["1"],
  inputs: tensors(["prompt", "pictures", "system", "schema", "stop", "max_tokens", "deadline_ms", "stream"]),
  outputs: tensors(["text", "finish", "tokens", "prompt_tokens"]),
};
const parameter = (/** @type {string} */ string_value) => ({ string_value });
const CONFIG = {
  max_batch_size: 0,
  parameters: {
    model: parameter("stand-in"),
    precision: parameter("fp16"),
    weights_sha256: parameter("0".repeat(64)),
    tokenizer_sha256: parameter("1".repeat(64)),
  },
};

/** @param {ServerResponse} response @param {unknown} body @param {number} [status] */
export function reply(response, body, status = 200) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** An answer as the model gives it. @param {unknown} words @returns {Answer} */
export const saying = (words) => (_, response) =>
  reply(response, {
    model_name: "describe",
    text: JSON.stringify(words),
    finish: "end",
    tokens: [1],
    prompt_tokens: 9,
  });

/** @param {Answer} answer @returns {Promise<StandIn>} on loopback and a free port */
export async function startDescribeStandIn(answer) {
  let current = answer;
  let gone = 0;
  /** @type {Asked[]} */
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    switch (request.url) {
      case "/v2":
        return reply(response, { name: "triton", version: "stand-in", extensions: [] });
      case "/v2/models/describe":
        return reply(response, METADATA);
      case "/v2/models/describe/config":
        return reply(response, CONFIG);
      case "/v2/repository/index":
        return reply(response, [{ name: "describe", version: "1", state: "READY" }]);
      case "/v2/models/stats":
        return reply(response, { model_stats: [] });
      case "/v2/models/describe/generate": {
        /** @type {Asked} */
        const inputs = JSON.parse(body);
        if (!("pictures" in inputs)) return saying("yes")(inputs, response);
        asked.push(inputs);
        response.once("close", () => {
          if (!response.writableEnded) gone++;
        });
        return current(inputs, response);
      }
      default:
        return reply(response, { error: `unknown: ${request.url}` }, 404);
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the stand-in has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    gone: () => gone,
    answers(next) {
      current = next;
    },
    async close() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
