import { expect, test } from "vitest";
import { changedParams } from "../lib/address.ts";
import { isFiltered, NO_FILTER, outcomeOf, viewOf } from "./address.ts";

test("what is shown is read off the address, and nonsense in it is nothing", () => {
  const params = new URLSearchParams("outcome=similar&decision=open&sku=a%2Fb&q=shoe&sort=unsurest&look=wall&item=17");
  expect(viewOf(params)).toEqual({
    filter: { verdict: "similar", decision: "open", sku: "a/b", text: "shoe" },
    ...{ sort: "unsurest", look: "wall", item: 17 },
  });
  const bad = new URLSearchParams("outcome=x&decision=y&sort=z&look=w&item=-1&below=7");
  expect(viewOf(bad)).toEqual({ filter: {}, sort: "added", look: "list", item: null });
});

test("an outcome is a verdict, or a state without one; every filter is taken off at once", () => {
  const failed = new URLSearchParams("outcome=failed&sort=file&item=2");
  expect(viewOf(failed).filter).toEqual({ state: "failed" });
  expect(outcomeOf({ state: "failed" })).toBe("failed");
  expect(outcomeOf({ verdict: "none" })).toBe("none");
  expect(outcomeOf({})).toBeNull();
  expect(isFiltered(viewOf(failed))).toBe(true);
  const bare = changedParams(failed, NO_FILTER);
  expect(bare.toString()).toBe("sort=file&item=2");
  expect(isFiltered(viewOf(bare))).toBe(false);
});
