import { expect, it } from "vitest";
import { readLaunch } from "./launch.ts";

const at = { env: {}, cwd: "/photos", startedOnFolder: false };

it.each([
  [["app"], { dataFolder: null, files: [] }],
  [["app", "a.jpg", "/b.png"], { dataFolder: null, files: ["/photos/a.jpg", "/b.png"] }],
  [["app", "--data", "shop", "a.jpg"], { dataFolder: "/photos/shop", files: ["/photos/a.jpg"] }],
  [["app", "--data=/shop", "--no-sandbox", "-psn_0_1"], { dataFolder: "/shop", files: [] }],
  [["app", "--data"], { dataFolder: null, files: [] }],
])("reads %j", (argv, launch) => {
  expect(readLaunch(argv, at)).toEqual(launch);
});

it("leaves the app's own folder out where Electron was started on it", () => {
  expect(readLaunch(["electron", ".", "a.jpg"], { ...at, startedOnFolder: true }).files).toEqual(["/photos/a.jpg"]);
});

it("takes the data folder of the environment, and the command line's rather", () => {
  const env = { SHELFMATCH_DATA: "/env" };
  expect(readLaunch(["app"], { ...at, env }).dataFolder).toBe("/env");
  expect(readLaunch(["app", "--data", "/line"], { ...at, env }).dataFolder).toBe("/line");
});
