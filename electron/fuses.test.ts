import { FuseV1Options } from "@electron/fuses";
import { expect, it } from "vitest";
import { FUSES, fuseConfig } from "./fuses.ts";

it("decides every fuse that there is", () => {
  const known = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  expect(Object.keys(FUSES).sort()).toEqual(known.sort());
  expect(fuseConfig()).toMatchObject({ strictlyRequireAllFuses: true, [FuseV1Options.RunAsNode]: false });
});

it("leaves no way to run other code with the app's binary", () => {
  expect(FUSES).toMatchObject({
    RunAsNode: false,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    OnlyLoadAppFromAsar: true,
    EnableEmbeddedAsarIntegrityValidation: true,
  });
});
