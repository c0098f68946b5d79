import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import { defaultDataFolder } from "./data-folder.ts";
import { loadConfig } from "./load.ts";

let dataFolder: string;
const file = () => join(dataFolder, "config.json");

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-config-"));
});
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

describe("sources", () => {
  it("is the defaults where nothing is said", async () => {
    expect((await loadConfig({ dataFolder })).current).toEqual(defaultConfig);
  });

  it("command line wins over environment, over file, over default", async () => {
    writeFileSync(file(), JSON.stringify({ server: { port: 1 }, match: { top: 2 }, journal: { retentionDays: 3 } }));
    const config = await loadConfig({
      dataFolder,
      env: { SHELFMATCH_SERVER_PORT: "11", SHELFMATCH_MATCH_TOP: "12" },
      overrides: { "server.port": 21 },
    });
    expect(config.current.server.port).toBe(21);
    expect(config.current.match.top).toBe(12);
    expect(config.current.journal.retentionDays).toBe(3);
    expect(config.current.match.precision).toBe(defaultConfig.match.precision);
    expect([...config.fixed].sort()).toEqual(["match.top", "server.port"]);
  });

  it("reads switches, lists and names of several words from the environment", async () => {
    const env = {
      SHELFMATCH_MATCH_READ_TEXT: "false",
      SHELFMATCH_SERVER_ALLOWED_HOSTS: "shop.example, till.example,",
      SHELFMATCH_DATA: "/elsewhere",
      SHELFMATCH_SERVER_PROT: "1",
    };
    const config = await loadConfig({ dataFolder, env });
    expect(config.current.match.readText).toBe(false);
    expect(config.current.server.allowedHosts).toEqual(["shop.example", "till.example"]);
    expect(config.unknownVariables).toEqual(["SHELFMATCH_SERVER_PROT"]);
  });

  it.each([
    ["{ not json", "JSON"],
    ["[]", "the whole"],
    ['{"server": 3}', "server"],
    ['{"server": {"port": 99999}}', "server.port"],
    ['{"match": {"topp": 3}}', "topp"],
    ['{"nonsense": {}}', "nonsense"],
  ])("refuses the file %s, naming it and what is wrong", async (text, named) => {
    writeFileSync(file(), text);
    await expect(loadConfig({ dataFolder })).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringMatching(new RegExp(`${file().replaceAll("\\", "\\\\")}.*${named}|${named}.*${file()}`)),
    });
    expect(readFileSync(file(), "utf8")).toBe(text);
  });

  it("names the variable whose value is wrong", async () => {
    await expect(loadConfig({ dataFolder, env: { SHELFMATCH_SERVER_PORT: "ninety" } })).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringContaining("SHELFMATCH_SERVER_PORT"),
    });
  });
});

describe("update", () => {
  it("applies at once, is kept, and tells what waits for a restart", async () => {
    const config = await loadConfig({ dataFolder });
    const heard: number[] = [];
    config.onChange((next) => heard.push(next.match.top));
    await config.update({ "match.top": 9, "encoder.workers": 3 });
    expect(config.current.match.top).toBe(9);
    expect(config.restart).toEqual(["encoder.workers"]);
    expect(heard).toEqual([9]);
    expect((await loadConfig({ dataFolder })).current.encoder.workers).toBe(3);
    await config.update({ "encoder.workers": 0 });
    expect(config.restart).toEqual([]);
  });

  it("leaves out what is set back to its default", async () => {
    writeFileSync(file(), JSON.stringify({ journal: { retentionDays: 7 }, match: { top: 9, verify: false } }));
    const config = await loadConfig({ dataFolder });
    await config.update({ "match.top": 5, "journal.retentionDays": 90 });
    expect(config.current.match.top).toBe(5);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ match: { verify: false } });
  });

  it("says where a setting is given that is not to be changed here", async () => {
    const env = { SHELFMATCH_SERVER_PORT: "7000" };
    const { origins } = await loadConfig({ dataFolder, env, overrides: { "match.top": 2 } });
    expect(origins).toEqual({ "server.port": "the variable SHELFMATCH_SERVER_PORT", "match.top": "the command line" });
  });

  it("keeps what is in the file beside the change, leaves no drafts, and is its owner's", async () => {
    writeFileSync(file(), JSON.stringify({ journal: { retentionDays: 7 } }));
    const config = await loadConfig({ dataFolder });
    await Promise.all([config.update({ "match.top": 9 }), config.update({ "match.verify": false })]);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
      journal: { retentionDays: 7 },
      match: { top: 9, verify: false },
    });
    expect(readdirSync(dataFolder)).toEqual(["config.json"]);
    if (process.platform !== "win32") expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it.each([
    [{ "match.topp": 3 }, "match.topp"],
    [{ "match.top": 0 }, "match.top"],
    [{ "match.top": 9, "match.precision": 2 }, "match.precision"],
    [{ "server.port": 1 }, "SHELFMATCH_SERVER_PORT"],
    [{ "server.host": "0.0.0.0" }, "server.token"],
    [{ __proto__x: 1 }, "__proto__x"],
  ])("refuses %j and changes nothing", async (changes, named) => {
    const config = await loadConfig({ dataFolder, env: { SHELFMATCH_SERVER_PORT: "7000" } });
    await expect(config.update(changes)).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringContaining(named),
    });
    expect(config.current.match).toEqual(defaultConfig.match);
    expect(readdirSync(dataFolder)).toEqual([]);
  });

  it("does not write over a file that was broken by hand meanwhile", async () => {
    const config = await loadConfig({ dataFolder });
    writeFileSync(file(), "{ half");
    await expect(config.update({ "match.top": 9 })).rejects.toMatchObject({ code: "SETTINGS_INVALID" });
    expect(readFileSync(file(), "utf8")).toBe("{ half");
  });
});

describe("data folder", () => {
  it.each([
    ["linux", {}, "/people/a/.local/share/Shelfmatch"],
    ["linux", { XDG_DATA_HOME: "/data" }, "/data/Shelfmatch"],
    ["darwin", {}, "/people/a/Library/Application Support/Shelfmatch"],
    ["win32", { APPDATA: "/roaming" }, "/roaming/Shelfmatch"],
    ["linux", { SHELFMATCH_DATA: "/mine", XDG_DATA_HOME: "/data" }, "/mine"],
  ] as const)("on %s with %j is %s", (platform, env, folder) => {
    expect(defaultDataFolder(env, { platform, home: "/people/a" }).replaceAll("\\", "/")).toBe(folder);
  });
});
