import { expect, it } from "vitest";
import { queryOf, searchOf, sortedBy } from "./address.ts";

it("reads filters and order", () => {
  const query = queryOf(
    new URLSearchParams("text=+red+&category=Shoes&category=Hats&sort=price&order=desc&priceMin=5"),
  );
  expect(query).toMatchObject({
    text: "red",
    category: ["Shoes", "Hats"],
    sort: "price",
    order: "desc",
    priceMin: "5",
  });
  expect(query.brand).toBeUndefined();
  expect(query.confirmed).toBeUndefined();
  expect(queryOf(new URLSearchParams("confirmed=true")).confirmed).toBe(true);
});

it("leaves out what makes no sense", () => {
  expect(queryOf(new URLSearchParams("priceMin=-4&sort=colour&order=up&indexState=maybe"))).toMatchObject({
    sort: "name",
    order: "asc",
  });
});

it("turns the order round on the second click", () => {
  const first = queryOf(new URLSearchParams());
  expect(sortedBy(first, "price")).toEqual({ sort: "price", order: "asc" });
  expect(sortedBy({ ...first, sort: "price" }, "price")).toEqual({ sort: "price", order: "desc" });
});

it("keeps of an address what a saved filter is about", () => {
  expect(searchOf(new URLSearchParams("product=a&category=Shoes&category=Hats&sort=price&bin=1"))).toBe(
    "category=Shoes&category=Hats&sort=price",
  );
});
