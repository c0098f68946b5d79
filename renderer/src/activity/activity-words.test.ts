import { expect, it } from "vitest";
import type { Activity } from "../../../shared/contract/activity.ts";
import { percentOf, stateLine } from "./activity-words.ts";

const activity: Activity = {
  ...{ id: "import:1", kind: "import", job: "1", name: "list.csv", state: "running", done: 4, total: 10 },
  ...{ secondsLeft: null, problems: 0, error: null, actions: ["pause", "cancel"] },
};

it("says how far work is, and no share of what nobody has counted", () => {
  expect(percentOf({ done: 0.5, total: 1 })).toBe(50);
  expect(percentOf({ done: 3, total: null })).toBeNull();
  expect(stateLine(activity)).toBe("Running, 40 %");
  expect(stateLine({ ...activity, total: null, problems: 2 })).toBe("Running, 2 failed");
  expect(stateLine({ ...activity, state: "done", done: 10 })).toBe("Done");
});
