import { expect, it } from "vitest";
import { queryOf, sortedBy } from "./address.ts";

it("reads filters, order and page", () => {
  const query = queryOf(new URLSearchParams("text=+red+&category=Shoes&category=Hats&sort=price&order=desc&page=3"));
  expect(query).toMatchObject({ text: "red", category: ["Shoes", "Hats"], sort: "price", order: "desc", page: 3 });
  expect(query.brand).toBeUndefined();
  expect(query.confirmed).toBeUndefined();
  expect(queryOf(new URLSearchParams("confirmed=true")).confirmed).toBe(true);
});

it("leaves out what makes no sense", () => {
  expect(queryOf(new URLSearchParams("page=-4&sort=colour&order=up&indexState=maybe"))).toMatchObject({
    page: 1,
    sort: "name",
    order: "asc",
  });
});

it("turns the order round on the second click", () => {
  const first = queryOf(new URLSearchParams());
  expect(sortedBy(first, "price")).toEqual({ sort: "price", order: "asc" });
  expect(sortedBy({ ...first, sort: "price" }, "price")).toEqual({ sort: "price", order: "desc" });
});
