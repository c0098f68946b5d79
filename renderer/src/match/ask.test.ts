import { ORPCError } from "@orpc/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { useAnswer } from "./answer-store.ts";
import { ask, cancelAsking } from "./ask.ts";
import { photoOf } from "./photo.ts";
import type { Question } from "./question.ts";

/** Stands in for the engine: each call is answered by hand. */
const { calls, stream } = vi.hoisted(() => {
  interface Call {
    name: string;
    signal: AbortSignal;
    push: (result: MatchResult) => void;
    end: () => void;
    fail: (error: unknown) => void;
  }
  const calls: Call[] = [];
  const stream = async (input: { picture: File }, { signal }: { signal: AbortSignal }) => {
    let controller: ReadableStreamDefaultController<MatchResult> | undefined;
    const results = new ReadableStream<MatchResult>({
      start(given) {
        controller = given;
      },
    });
    signal.addEventListener("abort", () => controller?.error(new DOMException("stopped", "AbortError")));
    calls.push({
      name: input.picture.name,
      signal,
      push: (result) => controller?.enqueue(result),
      end: () => controller?.close(),
      fail: (error) => controller?.error(error),
    });
    return results;
  };
  return { calls, stream };
});
vi.mock("../lib/client.ts", () => ({ client: { match: { stream } } }));

const resultOf = (runId: string, stage: MatchResult["stage"]): MatchResult => ({
  runId,
  stage,
  verdict: "none",
  matches: [],
  description: null,
  described: null,
  describing: false,
  timings: {},
  picture: null,
  fingerprint: "f",
  warnings: [],
});
const question = (name: string): Question => ({ photo: photoOf(new File(["x"], name)), text: "", region: null });
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const call = (index: number) => {
  const found = calls[index];
  if (found === undefined) throw new Error(`call ${index} was not made`);
  return found;
};

beforeEach(() => {
  vi.spyOn(URL, "revokeObjectURL");
});
afterEach(() => {
  cancelAsking();
  calls.length = 0;
  useAnswer.setState(useAnswer.getInitialState(), true);
  vi.restoreAllMocks();
});

describe("a question", () => {
  it("shows each stage, and is complete only at the end", async () => {
    const asked = ask(question("a.jpg"), false);
    await settled();
    call(0).push(resultOf("1", "visual"));
    await settled();
    expect(useAnswer.getState()).toMatchObject({ result: { stage: "visual" }, running: true, complete: false });
    call(0).push(resultOf("1", "refined"));
    call(0).end();
    await asked;
    expect(useAnswer.getState()).toMatchObject({ result: { stage: "refined" }, running: false, complete: true });
  });

  it("takes the place of the one before, whose answer is not shown any more", async () => {
    const first = ask(question("a.jpg"), false);
    await settled();
    const second = ask(question("b.jpg"), false);
    await settled();
    expect(call(0).signal.aborted).toBe(true);
    call(1).push(resultOf("2", "visual"));
    call(1).end();
    await Promise.all([first, second]);
    expect(useAnswer.getState()).toMatchObject({ result: { runId: "2" }, complete: true });
    expect(useAnswer.getState().question?.photo?.file.name).toBe("b.jpg");
  });

  it("keeps an earlier stage beside a failure of a later one", async () => {
    const asked = ask(question("a.jpg"), false);
    await settled();
    call(0).push(resultOf("1", "visual"));
    await settled();
    call(0).fail(new ORPCError("BUSY", { message: "later", data: { retryable: true } }));
    await expect(asked).rejects.toThrow("later");
    expect(useAnswer.getState()).toMatchObject({ result: { runId: "1" }, problem: { code: "BUSY" }, complete: false });
  });

  it("can be cancelled without that being an error", async () => {
    const asked = ask(question("a.jpg"), false);
    await settled();
    cancelAsking();
    await asked;
    expect(useAnswer.getState()).toMatchObject({ running: false, problem: null, result: null });
  });
});

describe("a camera frame", () => {
  it("leaves the last answer until its own is there, and lets go of the photo before", async () => {
    const first = question("1.jpg");
    const asked = ask(first, true);
    await settled();
    call(0).push(resultOf("1", "refined"));
    call(0).end();
    await asked;
    const next = ask(question("2.jpg"), true);
    await settled();
    expect(useAnswer.getState()).toMatchObject({ result: { runId: "1" }, running: true, complete: true });
    call(1).push(resultOf("2", "refined"));
    call(1).end();
    await next;
    expect(useAnswer.getState()).toMatchObject({ result: { runId: "2" } });
    expect(URL.revokeObjectURL).toHaveBeenCalledExactlyOnceWith(first.photo?.url);
  });

  it("that live asked for ends with live, but not what was asked after it", async () => {
    const live = new AbortController();
    const frame = ask(question("frame.jpg"), true, live.signal);
    await settled();
    const snap = ask(question("snap.jpg"), false);
    live.abort();
    await settled();
    expect(call(1).signal.aborted).toBe(false);
    call(1).push(resultOf("2", "refined"));
    call(1).end();
    await Promise.all([frame, snap]);
    expect(useAnswer.getState()).toMatchObject({ result: { runId: "2" }, complete: true });
  });
});
