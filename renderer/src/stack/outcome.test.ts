import { expect, test } from "vitest";
import type { Problem } from "../lib/problem.ts";
import { stackNotice, stackShare } from "./outcome.ts";
import { beginCompose, beginMove, ended, withMoveEvent } from "./run-state.ts";
import type { StackWork } from "./stack-store.ts";

const nothing: StackWork = { compose: null, move: null };
const problem: Problem = {
  code: "SERVICE_UNAVAILABLE",
  message: "MongoDB does not answer.",
  retryable: true,
  nextStep: "",
};

test("a move says how far it is, over all of its phases", () => {
  const moving = withMoveEvent(beginMove("stack"), { kind: "progress", phase: "products", done: 10, total: 20 });
  expect(stackShare({ ...nothing, move: moving })).toEqual({ title: "Moving the catalogue", share: 0.125 });
  expect(stackShare({ ...nothing, compose: beginCompose("up") })).toEqual({ title: "Starting services", share: null });
  expect(stackShare({ ...nothing, move: ended(moving, null) })).toBeNull();
});

test("the end is told once, and only of what ended by itself", () => {
  const running = { ...nothing, move: beginMove("stack") };
  const failed = { ...nothing, move: ended(beginMove("stack"), problem) };
  expect(stackNotice(failed, running)).toEqual({ title: "The move failed", body: problem.message });
  expect(stackNotice(failed, failed)).toBeNull();
  const stopped = { ...nothing, move: ended(beginMove("stack"), { ...problem, code: "CANCELLED" }) };
  expect(stackNotice(stopped, running)).toBeNull();
  const up = { ...nothing, compose: beginCompose("up") };
  expect(stackNotice({ ...nothing, compose: ended(beginCompose("up"), null) }, up)?.title).toBe("The services run");
});
