import { expect, it } from "vitest";
import { toWarning } from "./warning.ts";

it("takes what is missing apart from why, and leaves the engine's pointer to the page's link", () => {
  const said =
    "Comparing the description failed: Qdrant at http://127.0.0.1:6333 could not search within 10 s. It may be overloaded. See the stack page, or run `shelfmatch doctor`.";
  expect(toWarning(said)).toEqual({
    what: "Comparing the description failed.",
    why: "Qdrant at http://127.0.0.1:6333 could not search within 10 s. It may be overloaded.",
    service: true,
  });
});

it("leaves a sentence whole", () => {
  const pending = "12 products are still being indexed and can't be found yet. Ask again when they are.";
  expect(toWarning(pending)).toEqual({ what: pending, why: "", service: false });
  const service = "MongoDB at mongodb://127.0.0.1:27017 is not there. This run is kept in the journal later.";
  expect(toWarning(service)).toEqual({ what: service, why: "", service: true });
});
