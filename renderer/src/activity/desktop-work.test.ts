import { expect, it } from "vitest";
import type { Activity } from "../../../shared/contract/activity.ts";
import { noticesOf, shareOf, workOf } from "./desktop-work.ts";

const activity: Activity = {
  ...{ id: "import:1", kind: "import", job: "1", name: "list.csv", state: "running", done: 4, total: 10 },
  ...{ secondsLeft: null, problems: 0, error: null, actions: ["pause", "cancel"] },
};
const batch: Activity = { ...activity, id: "batch:1", kind: "batch", name: "photos", done: 8 };

it("shows one piece of work by its name, several by their number, and nothing of what rests", () => {
  expect(workOf([activity])).toEqual({ title: "Importing products", share: 0.4 });
  expect(workOf([activity, batch])).toEqual({ title: "2 jobs", share: expect.closeTo(0.6) });
  expect(workOf([{ ...activity, total: null }])).toEqual({ title: "Importing products", share: null });
  expect(
    workOf([
      { ...activity, state: "paused" },
      { ...batch, state: "suggested" },
    ]),
  ).toBeNull();
  expect(shareOf([{ done: 3, total: 0 }])).toBeNull();
});

it("says once what has ended by itself", () => {
  const done: Activity = { ...activity, state: "done", actions: [] };
  expect(noticesOf([done], [activity])).toEqual([{ title: "Importing products: done", body: "list.csv" }]);
  expect(noticesOf([done], [])).toHaveLength(1);
  expect(noticesOf([done], [done])).toEqual([]);
  expect(noticesOf([{ ...done, state: "cancelled" }], [activity])).toEqual([]);
  const error = { code: "DISK_FULL", message: "No space is left." };
  expect(noticesOf([{ ...done, state: "failed", error }], [activity])).toEqual([
    { title: "Importing products: failed", body: "No space is left." },
  ]);
});
