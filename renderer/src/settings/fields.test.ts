import { expect, it } from "vitest";
import { defaultConfig } from "../../../shared/config.ts";
import { choiceLabel, invalid, labelOf, settingGroups, valueAt } from "./fields.ts";
import { valueText } from "./value-text.ts";

const fields = settingGroups().flatMap((group) => group.fields);
const field = (path: string) => fields.find((one) => one.path === path);

it("has every setting of the schema, with what it means", () => {
  const paths = Object.entries(defaultConfig).flatMap(([group, settings]) =>
    Object.keys(settings).map((name) => `${group}.${name}`),
  );
  expect(fields.map((one) => one.path).toSorted()).toEqual(paths.toSorted());
  expect(fields.filter((one) => one.help === "").map((one) => one.path)).toEqual([]);
});

it("asks for each in its own way", () => {
  expect(field("server.port")).toMatchObject({ kind: "number", min: 0, max: 65535, whole: true });
  expect(field("match.precision")).toMatchObject({ kind: "number", min: 0.5, max: 0.999, whole: false });
  expect(field("match.verify")?.kind).toBe("switch");
  expect(field("journal.queryPhotos")).toMatchObject({ kind: "choice", choices: ["off", "thumbnails", "full"] });
  expect(field("server.token")).toMatchObject({ kind: "secret", nullable: true });
  expect(field("server.allowedHosts")?.kind).toBe("list");
  expect(field("limits.queue")?.min).toBe(1);
});

it("finds values and words", () => {
  expect(valueAt(defaultConfig, "match.top")).toBe(5);
  expect(valueAt(defaultConfig, "match.nothing.here")).toBeUndefined();
  expect(labelOf("queryPhotoDays")).toBe("Query photo days");
});

it("refuses what the engine would", () => {
  expect(invalid({ "match.top": 10 })).toEqual({});
  expect(Object.keys(invalid({ "match.top": 0, "server.token": "short" }))).toEqual(["server.token", "match.top"]);
});

it("puts everyday settings first and folds those of the services", () => {
  const groups = settingGroups();
  expect(groups[0]).toMatchObject({ name: "match", title: "Matching", folded: false });
  const folded = groups.filter((group) => group.folded).map((group) => group.name);
  expect(folded).toEqual(["parts", "triton", "describer", "qdrant", "mongo", "chroma"]);
  expect(groups.slice(-folded.length).every((group) => group.folded)).toBe(true);
  expect(groups.map((group) => group.title)).not.toContain("Mongo");
});

it("names fields and choices as people do; a secret is the path of a file", () => {
  expect(field("mongo.passwordFile")).toMatchObject({ kind: "text", label: "File with the password", nullable: true });
  expect(field("qdrant.apiKeyFile")).toMatchObject({ kind: "text", label: "File with the API key", nullable: true });
  expect(field("triton.url")?.label).toBe("Address");
  expect(["profile", "sqlite", "qdrant"].map(choiceLabel)).toEqual([
    "As the profile says",
    "SQLite, in the app",
    "Qdrant",
  ]);
});

it("says values in words, and never a secret's", () => {
  const said = (path: string, value: unknown) => {
    const one = field(path);
    return one === undefined ? null : valueText(one, value);
  };
  expect(said("match.verify", true)).toBe("on");
  expect(said("server.port", 7860)).toBe("7860");
  expect(said("server.token", null)).toBe("none");
  expect(said("server.token", "a secret of somebody")).toBe("set");
  expect(said("server.allowedHosts", ["a", "b"])).toBe("a, b");
  expect(said("parts.catalog", "sqlite")).toBe("SQLite, in the app");
});
