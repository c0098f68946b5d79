import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withoutRootRights } from "../lib/testing/without-root-rights.ts";
import { readAll } from "./files.ts";
import { openFolderFiles } from "./folder-files.ts";
import { readPictureFolder } from "./picture-folder.ts";
import { makeZip } from "./testing/make-zip.ts";
import { openZipFiles } from "./zip-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-files-"));
  await mkdir(join(folder, "import", "a"), { recursive: true });
  await writeFile(join(folder, "secret.jpg"), "secret");
  await writeFile(join(folder, "import", "a", "1.jpg"), "one");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const HOSTILE = [
  "../secret.jpg",
  "a/../../secret.jpg",
  "..\\secret.jpg",
  "/etc/passwd",
  "C:\\x.jpg",
  "\\\\host\\x",
  "http://x/y.jpg",
  "a\0b",
];

test.each(HOSTILE)("%j is outside, in a folder, an upload and a zip", async (path) => {
  const zip = join(folder, "x.zip");
  await writeFile(zip, makeZip([{ name: "a/1.jpg", content: "one" }]));
  for (const files of [
    await openFolderFiles(join(folder, "import"), true),
    await openFolderFiles(join(folder, "import"), false),
    await openZipFiles(zip, 1e9),
  ]) {
    expect(await files.find(path)).toMatchObject({ code: "PICTURE_OUTSIDE", message: expect.any(String) });
    await files.close();
  }
});

test("a link out is followed on the user's own machine and refused in an upload", async () => {
  await symlink(join(folder, "secret.jpg"), join(folder, "import", "link.jpg"));
  await symlink(folder, join(folder, "import", "up"));
  const own = await openFolderFiles(join(folder, "import"), true);
  expect(await own.list()).toEqual(["a/1.jpg", "link.jpg"]);
  const upload = await openFolderFiles(join(folder, "import"), false);
  expect(await upload.list()).toEqual(["a/1.jpg"]);
  expect(await upload.find("link.jpg")).toMatchObject({ code: "PICTURE_OUTSIDE" });
  expect(await upload.find("up/secret.jpg")).toMatchObject({ code: "PICTURE_OUTSIDE" });
  expect(upload.refused.map(({ path }) => path).sort()).toEqual(["link.jpg", "up"]);
});

test("a folder that may not be opened is said, and the others go in", async () => {
  await mkdir(join(folder, "import", "locked"), { mode: 0 });
  await chmod(folder, 0o755);
  const files = await withoutRootRights(() => openFolderFiles(join(folder, "import"), true));
  expect(await withoutRootRights(() => files.list())).toEqual(["a/1.jpg"]);
  expect(files.refused).toMatchObject([{ path: "locked", code: "FILE_NOT_READABLE" }]);
});

test("a link to a folder is said to be one", async () => {
  await symlink(join(folder, "import", "a"), join(folder, "import", "b"));
  const files = await openFolderFiles(join(folder, "import"), true);
  expect(await files.list()).toEqual(["a/1.jpg"]);
  expect(files.refused).toMatchObject([{ path: "b", message: expect.stringContaining("not followed") }]);
});

test("files are found as other systems spell them; folders and missing ones are no files", async () => {
  await writeFile(join(folder, "import", "caf\u00e9.jpg"), "x");
  const files = await openFolderFiles(join(folder, "import"), true);
  expect(await files.find("cafe\u0301.jpg")).toMatchObject({ bytes: 1 });
  expect(await files.find("a\\1.jpg")).toMatchObject({ path: "a/1.jpg" });
  expect(await files.find("./a/1.jpg")).toMatchObject({ bytes: 3 });
  expect(await files.find("a")).toMatchObject({ code: "PICTURE_MISSING" });
  expect(await files.find("a/2.jpg")).toMatchObject({ code: "PICTURE_MISSING" });
});

test("a zip: entries are read where they lie; hostile names, links and what systems leave are not files", async () => {
  const zip = join(folder, "x.zip");
  await writeFile(
    zip,
    makeZip([
      { name: "S-10/b.jpg", content: "b".repeat(5000) },
      { name: "S-9/a.jpg", content: "a" },
      { name: "../secret.jpg", content: "evil" },
      { name: "/abs.jpg", content: "evil" },
      { name: "__MACOSX/S-9/._a.jpg", content: "x" },
      { name: "link.jpg", content: "/etc/passwd", mode: 0o120777 },
    ]),
  );
  const files = await openZipFiles(zip, 1e9);
  expect(await files.list()).toEqual(["S-9/a.jpg", "S-10/b.jpg"]);
  expect(files.refused.map(({ path, code }) => [path, code])).toEqual([
    ["../secret.jpg", "PICTURE_OUTSIDE"],
    ["/abs.jpg", "PICTURE_OUTSIDE"],
    ["link.jpg", "PICTURE_OUTSIDE"],
  ]);
  const found = await files.find("S-10/b.jpg");
  if (!("open" in found)) throw new Error(found.message);
  expect(new TextDecoder().decode(await readAll(found))).toBe("b".repeat(5000));
  await files.close();
});

test("a zip bomb, a lie about a size and a damaged zip are refused", async () => {
  const zip = join(folder, "x.zip");
  await writeFile(zip, makeZip([{ name: "a.jpg", content: Buffer.alloc(80 * 1024 * 1024) }]));
  await expect(openZipFiles(zip, 1e12)).rejects.toMatchObject({
    code: "IMPORT_UNREADABLE",
    message: expect.stringMatching(/bomb/),
  });
  await writeFile(zip, makeZip([{ name: "a.jpg", content: "x".repeat(2000) }]));
  await expect(openZipFiles(zip, 1000)).rejects.toMatchObject({ code: "IMPORT_UNREADABLE" });
  await writeFile(zip, makeZip([{ name: "a.jpg", content: "x".repeat(2000), claimedSize: 10 }]));
  const lying = await openZipFiles(zip, 1e9);
  const found = await lying.find("a.jpg");
  if (!("open" in found)) throw new Error(found.message);
  await expect(readAll(found)).rejects.toThrow();
  await lying.close();
  await writeFile(zip, makeZip([{ name: "a.jpg", content: "x".repeat(2000), rotten: true }]));
  const rotten = await openZipFiles(zip, 1e9);
  const part = await rotten.find("a.jpg");
  if (!("open" in part)) throw new Error(part.message);
  await expect(readAll(part)).rejects.toThrow(/a\.jpg is damaged/);
  await rotten.close();
  await writeFile(zip, "PK no zip at all");
  await expect(openZipFiles(zip, 1e9)).rejects.toMatchObject({ code: "IMPORT_UNREADABLE" });
});

test("folders of pictures: a folder is a product, a loose file is one, what is around says the category", () => {
  const { rows, leftOut } = readPictureFolder(["lamp.jpg", "notes.txt", "S-1/a.jpg", "S-1/b.png", "shoes/S-2/c.webp"]);
  expect(rows.map(({ sku, said, images }) => ({ sku, said, images }))).toEqual([
    { sku: "lamp", said: {}, images: ["lamp.jpg"] },
    { sku: "S-1", said: {}, images: ["S-1/a.jpg", "S-1/b.png"] },
    { sku: "S-2", said: { category: "shoes" }, images: ["shoes/S-2/c.webp"] },
  ]);
  expect(leftOut).toEqual(["notes.txt"]);
  // One folder around everything is the archive's, unless it holds pictures alone.
  expect(readPictureFolder(["top/S-1/a.jpg", "top/lamp.jpg"]).rows.map(({ sku }) => sku)).toEqual(["S-1", "lamp"]);
  expect(readPictureFolder(["S-1/a.jpg", "S-1/b.jpg"]).rows.map(({ sku }) => sku)).toEqual(["S-1"]);
});

test("a picture whose name can't be a SKU is said, and the others go in", () => {
  const { rows, nameless } = readPictureFolder([" .jpg", "two\nlines.jpg", "lamp.jpg"]);
  expect(rows.map(({ sku }) => sku)).toEqual(["two lines", "lamp"]);
  expect(nameless).toMatchObject([{ column: " .jpg", code: "ROW_NO_KEY", message: expect.stringContaining("Rename") }]);
});
