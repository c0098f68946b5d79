import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { reply, saying, startDescribeStandIn } from "../../../scripts/servers/describe-stand-in.mjs";
import { defaultConfig } from "../../../shared/config.ts";
import { sightingOf } from "../../describe/contract.ts";
import { ANSWER_SCHEMA, PROMPT, SYSTEM } from "../../describe/prompts.ts";
import { createTritonDescriber, readAnswer } from "./describer.ts";

/**
 * What the network and a server can do wrong, by a stand-in that does it when it is told to. A real server that describes
 * is in `engine/describer.modeltest.ts`.
 */

const WORDS = { caption: "A mug.", category: "mug", colours: ["red"], material: "", brand: "", text: ["ACME"] };
type StandIn = Awaited<ReturnType<typeof startDescribeStandIn>>;
let standIn: StandIn;
const closers: (() => Promise<void>)[] = [];

function open(settings: Partial<typeof defaultConfig.describer> = {}, url = standIn.url) {
  const describer = createTritonDescriber({
    triton: { ...defaultConfig.triton, url },
    settings: { ...defaultConfig.describer, ...settings },
    onNotice: () => {},
  });
  closers.push(() => describer.close());
  return describer;
}
const tent = () => sightingOf("images/tent.jpg");

beforeEach(async () => {
  standIn = await startDescribeStandIn(saying(WORDS));
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await standIn.close();
});

test("shows the model one picture of the wanted size, with the prompts, the schema and a deadline of its own", async () => {
  expect(await open({ side: 320, deadlineMs: 10_000, maxTokens: 77 }).describe(await tent())).toEqual(WORDS);
  const [asked] = standIn.asked;
  expect(asked).toMatchObject({
    prompt: PROMPT,
    system: SYSTEM,
    schema: ANSWER_SCHEMA,
    max_tokens: 77,
    deadline_ms: 9_000,
  });
  const [picture] = (asked?.pictures ?? []) as string[];
  const { format, width, height } = await sharp(Buffer.from(picture ?? "", "base64")).metadata();
  expect([format, Math.max(width, height)]).toEqual(["jpeg", 320]);
});

describe("an answer that is none", () => {
  const cut = JSON.stringify({ text: JSON.stringify(WORDS), finish: "end" }).slice(0, 60);
  test.each<[string, Parameters<StandIn["answers"]>[0], RegExp]>([
    ["text that is no JSON", saying(undefined), /not as expected|no JSON/],
    [
      "JSON cut off inside the text",
      (_, response) => reply(response, { text: '{"caption": "A m', finish: "length" }),
      /no JSON: "\{\\"caption/,
    ],
    ["another shape", saying({ ...WORDS, colours: "red" }), /not as the schema says[\s\S]*colours/],
    ["no words at all", saying({ ...WORDS, caption: " ", category: "", colours: [], text: [] }), /says nothing/],
    [
      "an answer cut off on its way",
      (_, response) => response.writeHead(200, { "content-length": "500" }).write(cut, () => void response.destroy()),
      /broke off|not reachable/,
    ],
    ["a page of somebody else", (_, response) => void response.end("<html>hello</html>"), /JSON/],
  ])("%s", async (_, answer, reason) => {
    standIn.answers(answer);
    const failure = await open({ deadlineMs: 5_000 })
      .describe(await tent())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: expect.stringMatching(/^SERVICE_(BAD_ANSWER|UNAVAILABLE)$/),
      message: expect.stringMatching(/Triton/),
    });
    expect((failure as Error).message).toMatch(reason);
    standIn.answers(saying(WORDS));
    expect(await open().describe(await tent())).toEqual(WORDS);
  });
});

test("more than the contract takes is cut to it, rather than refused", () => {
  const words = readAnswer(JSON.stringify({ ...WORDS, caption: "x".repeat(900), text: Array(40).fill("a  b") }));
  expect(words).toMatchObject({ caption: "x".repeat(400), text: ["a b"] });
});

test.each([
  ["busy: the queue is full: 4 requests wait already", "BUSY"],
  ["late: the deadline came before a place was free", "TIMEOUT"],
  ["invalid: the prompt is too long", "SERVICE_MISMATCH"],
  ["internal: the graph failed", "SERVICE_UNAVAILABLE"],
])("the model's own refusal “%s” is %s", async (error, code) => {
  standIn.answers((_, response) => reply(response, { error }, 400));
  const message = expect.stringContaining(error.replace(/^\w+: /, ""));
  await expect(open().describe(await tent())).rejects.toMatchObject({ code, message });
});

test("silence ends with the deadline, and the connection with it", async () => {
  standIn.answers(() => {});
  const asked = open({ deadlineMs: 300 }).describe(await tent());
  await expect(asked).rejects.toMatchObject({ code: "TIMEOUT", message: expect.stringMatching(/within 0\.3 s/) });
  await vi.waitFor(() => expect(standIn.gone()).toBe(1));
});

test("a caller that goes away closes its connection, which cancels the text on the server", async () => {
  standIn.answers(() => {});
  const gone = new AbortController();
  const asked = open().describe(await tent(), { signal: gone.signal });
  const settled = expect(asked).rejects.toMatchObject({ code: "CANCELLED" });
  await vi.waitFor(() => expect(standIn.asked).toHaveLength(1));
  gone.abort();
  await settled;
  await vi.waitFor(() => expect(standIn.gone()).toBe(1));
});

test("the end of the app waits for no description", async () => {
  standIn.answers(() => {});
  const describer = open({ deadlineMs: 60_000 });
  const settled = expect(describer.describe(await tent())).rejects.toThrow(/shut down/);
  await vi.waitFor(() => expect(standIn.asked).toHaveLength(1));
  await describer.close();
  await settled;
});

test("after faults in a row calls are refused at once, and the health check still looks", async () => {
  standIn.answers((_, response) => void response.destroy());
  const describer = open({ deadlineMs: 5_000 });
  for (let fault = 0; fault < 5; fault++) {
    await expect(describer.describe(await tent())).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  }
  const asked = standIn.asked.length;
  await expect(describer.describe(await tent())).rejects.toThrow(/failed several times in a row/);
  expect(standIn.asked).toHaveLength(asked);
  const health = await describer.health();
  expect(health).toMatchObject({ state: "ready", remote: { breaker: expect.stringMatching(/open/) } });
});

test("a server that is not there is named, with what to do", async () => {
  const describer = open({}, "http://127.0.0.1:9");
  const told = {
    code: "SERVICE_UNAVAILABLE",
    message: expect.stringMatching(/not reachable.*Start it, or set triton\.url/),
  };
  await expect(describer.describe(await tent())).rejects.toMatchObject(told);
  await expect(describer.fingerprint()).rejects.toMatchObject(told);
  expect(await describer.health()).toMatchObject({ state: "down", detail: expect.stringMatching(/not reachable/) });
});
