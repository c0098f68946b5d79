import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withoutRootRights } from "../../../lib/testing/without-root-rights.ts";
import { pictureFile } from "./picture-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-file-"));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file is read whole, under the name that the caller wrote", async () => {
  writeFileSync(join(folder, "a.png"), "bytes");
  const file = await pictureFile(join(folder, "a.png"), "./a.png", 100);
  expect(file.name).toBe("./a.png");
  expect(await file.text()).toBe("bytes");
});

test.skipIf(process.platform === "win32")("a picture without permission has its own code", async () => {
  const path = join(folder, "locked.png");
  writeFileSync(path, "bytes");
  chmodSync(path, 0);
  await withoutRootRights(() =>
    expect(pictureFile(path, "locked.png", 100)).rejects.toMatchObject({
      code: "FILE_NOT_READABLE",
      message: expect.stringContaining("locked.png"),
    }),
  );
});

test("what is no file, not there, too large or goes round in circles is said so", async () => {
  writeFileSync(join(folder, "large.png"), "x".repeat(200));
  symlinkSync("loop.png", join(folder, "loop.png"));
  const failing = (name: string) => pictureFile(join(folder, name), name, 100);
  await expect(failing("")).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
  await expect(failing("gone.png")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  await expect(failing("large.png")).rejects.toMatchObject({ code: "IMAGE_TOO_LARGE" });
  await expect(failing("loop.png")).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
});
