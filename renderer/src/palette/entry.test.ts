import { expect, it } from "vitest";
import { type Entry, type GroupName, groupsAtRest, groupsFor, isSure } from "./entry.ts";

const entry = (group: GroupName, title: string, words = ""): Entry => ({
  ...{ id: `${group}:${title}`, group, title, words, run() {} },
});

const ENTRIES = [
  entry("pages", "Catalogue"),
  entry("pages", "Map"),
  entry("actions", "Export the catalogue"),
  entry("actions", "Import products", "catalogue"),
  entry("settings", "Catalogue"),
  entry("runs", "cat.jpg"),
];
const mug = entry("products", "Cat mug");
const ask = entry("elsewhere", "Match by the words");
const rest = { found: [], elsewhere: [ask], recent: [] };

const shown = (groups: ReturnType<typeof groupsFor>) =>
  groups.map(({ name, entries }) => [name, ...entries.map(({ title }) => title)]);

it("shows what was used last before all else, and once", () => {
  const used = ENTRIES.filter(({ title }) => title === "Map");
  expect(shown(groupsAtRest(ENTRIES, used))).toEqual([
    ["recent", "Map"],
    ["pages", "Catalogue"],
    ["actions", "Export the catalogue", "Import products"],
    ["runs", "cat.jpg"],
  ]);
  expect(shown(groupsAtRest(ENTRIES, []))[0]).toEqual(["pages", "Catalogue", "Map"]);
});

it("puts the group of the best entry first, and what any words are good for last", () => {
  expect(shown(groupsFor("cata", ENTRIES, { ...rest, found: [mug] }))).toEqual([
    ["pages", "Catalogue"],
    ["settings", "Catalogue"],
    ["actions", "Export the catalogue", "Import products"],
    ["products", "Cat mug"],
    ["elsewhere", "Match by the words"],
  ]);
  expect(shown(groupsFor("zebra", ENTRIES, rest))).toEqual([["elsewhere", "Match by the words"]]);
});

it("prefers what was used lately among what fits alike", () => {
  const two = [entry("actions", "Open the bin"), entry("actions", "Open the map")];
  const recent = ["actions:Open the map"];
  expect(shown(groupsFor("open", two, { ...rest, recent }))[0]).toEqual(["actions", "Open the map", "Open the bin"]);
});

it("is sure of an entry that no product would come before", () => {
  expect(isSure("cata", groupsFor("cata", ENTRIES, rest))).toBe(true);
  expect(isSure("products", groupsFor("products", ENTRIES, rest))).toBe(false);
  expect(isSure("zebra", groupsFor("zebra", ENTRIES, rest))).toBe(false);
});
