import { expect, test } from "vitest";
import type { Problem } from "../lib/problem.ts";
import { dataNotice, dataShare } from "./data-outcome.ts";
import type { DataWork } from "./data-work.ts";

const running: DataWork = {
  what: "backup",
  state: "running",
  done: 0,
  total: 0,
  notes: [],
  backup: null,
  problem: null,
};
const problem: Problem = { code: "DISK_FULL", message: "No room on the disk.", retryable: false, nextStep: "" };

test("how far a backup is", () => {
  expect(dataShare(null)).toBeNull();
  expect(dataShare(running)).toEqual({ title: "Backing up", share: null });
  expect(dataShare({ ...running, done: 30, total: 40 })?.share).toBe(0.75);
  expect(dataShare({ ...running, state: "done" })).toBeNull();
});

test("how it ended, told once and not to who stopped it", () => {
  const failed: DataWork = { ...running, state: "failed", problem };
  expect(dataNotice(failed, running)).toEqual({ title: "The backup failed", body: problem.message });
  expect(dataNotice(failed, failed)).toBeNull();
  expect(dataNotice({ ...running, state: "stopped" }, running)).toBeNull();
  expect(dataNotice({ ...running, what: "check", state: "done" }, running)?.title).toBe("The backup is checked");
});
