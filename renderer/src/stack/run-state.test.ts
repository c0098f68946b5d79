import { expect, it } from "vitest";
import { toProblem } from "../lib/problem.ts";
import {
  beginCompose,
  beginMove,
  ended,
  KEPT_LINES,
  phaseCount,
  phasePercent,
  withComposeEvent,
  withMoveEvent,
} from "./run-state.ts";

it("keeps the end of what Compose says", () => {
  let run = beginCompose("up");
  for (let i = 0; i < KEPT_LINES + 50; i++) run = withComposeEvent(run, { kind: "line", text: `line ${i} ` });
  expect(run.lines).toHaveLength(KEPT_LINES);
  expect(run.lines.at(-1)).toBe(`line ${KEPT_LINES + 49}`);
  expect(run.state).toBe("running");
  expect(withComposeEvent(run, { kind: "done", seconds: 3.5 })).toMatchObject({ state: "done", seconds: 3.5 });
});

it("ends done, failed with its reason, or stopped by the person", () => {
  const run = beginCompose("up");
  expect(ended(run, null).state).toBe("done");
  expect(ended(run, toProblem(new Error("port is taken")))).toMatchObject({
    state: "failed",
    problem: { message: "port is taken" },
  });
  expect(ended(run, toProblem(new DOMException("stopped", "AbortError")))).toMatchObject({
    state: "stopped",
    problem: null,
  });
});

it("follows a move phase by phase, notes and report with it", () => {
  let run = beginMove("stack");
  const progress = (phase: "products" | "vectors" | "journal", done: number, total: number) => {
    run = withMoveEvent(run, { kind: "progress", phase, done, total });
  };
  progress("products", 16, 54);
  expect(phasePercent(run, "products")).toBe(29);
  expect(phaseCount(run, "products")).toBe("16 of 54");
  expect(phasePercent(run, "vectors")).toBe(0);
  progress("vectors", 54, 54);
  expect(phasePercent(run, "products")).toBe(100);
  // A last count below its total, as the journal's pages have it, is still a phase that is over.
  progress("journal", 3, 500);
  run = withMoveEvent(run, { kind: "note", text: "3 products changed meanwhile." });
  expect(run.notes).toEqual(["3 products changed meanwhile."]);
  expect(phasePercent(ended(run, null), "journal")).toBe(100);
  expect(phasePercent(run, "check")).toBe(0);
});

it("a second pass over what changed never runs a bar backwards", () => {
  let run = withMoveEvent(beginMove("stack"), { kind: "progress", phase: "vectors", done: 54, total: 54 });
  run = withMoveEvent(run, { kind: "progress", phase: "products", done: 27, total: 54 });
  expect(run.pass).toBe(2);
  expect([phasePercent(run, "products"), phasePercent(run, "vectors")]).toEqual([100, 100]);
  expect(phaseCount(run, "products")).toBe("54");
  expect([phasePercent(run, "journal"), phaseCount(run, "journal")]).toEqual([0, ""]);
});
