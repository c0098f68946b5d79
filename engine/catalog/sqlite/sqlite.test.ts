import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { productDraftSchema } from "../../../shared/contract/domain.ts";
import { describeCatalog } from "../contract.ts";
import { testPicture } from "../test-pictures.ts";
import { openSqliteCatalog } from "./sqlite.ts";

describeCatalog("sqlite", (folder) => openSqliteCatalog({ folder }));

const draft = (sku: string) => productDraftSchema.parse({ sku, name: sku });

async function pictureFiles(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name)).map((entry) => entry.name);
}

describe("sqlite files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-sqlite-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function fill(): Promise<void> {
    const catalog = await openSqliteCatalog({ folder });
    await catalog.create(draft("A"), [await testPicture(1)]);
    for (let n = 0; n < 300; n += 1) await catalog.create(draft(`P${n}`), []);
    await catalog.close();
  }

  const damages: [string, (file: string) => Promise<void>][] = [
    ["text in its place", (file) => writeFile(file, "this is no database\n".repeat(500))],
    ["emptied", (file) => truncate(file, 0)],
    ["cut in the middle", async (file) => truncate(file, Math.floor((await stat(file)).size / 8192) * 4096)],
    [
      "overwritten inside",
      async (file) => {
        const handle = await open(file, "r+");
        const { size } = await handle.stat();
        for (let at = 4096; at < size; at += 8192) await handle.write(Buffer.alloc(2048, 0xa5), 0, 2048, at);
        await handle.close();
      },
    ],
  ];
  test.each(damages)(
    "a damaged database (%s) is kept aside with its pictures, said, and the app goes on",
    async (_, damage) => {
      await fill();
      const file = join(folder, "catalog.sqlite");
      await damage(file);
      const damaged = await readFile(file);
      const notices: string[] = [];
      const catalog = await openSqliteCatalog({ folder, onNotice: (message) => notices.push(message) });
      expect(notices).toEqual([expect.stringContaining("catalog.sqlite.corrupt-")]);
      expect(await catalog.health()).toMatchObject({
        state: "degraded",
        detail: expect.stringContaining("DATA_CORRUPT"),
      });
      const aside = (await readdir(folder)).filter((name) => name.startsWith("catalog.sqlite.corrupt-"));
      expect(await readFile(join(folder, aside[0] ?? ""))).toEqual(damaged);
      await catalog.create(draft("new"), []);
      expect(await catalog.allSkus()).toEqual(["new"]);
      await catalog.close();

      const again = await openSqliteCatalog({ folder, onNotice: (message) => notices.push(message) });
      expect(notices).toHaveLength(1);
      expect(await again.allSkus()).toEqual(["new"]);
      expect(await again.health()).toMatchObject({ state: "ready", detail: expect.stringContaining(aside[0] ?? "?") });
      await again.close();
      expect(await pictureFiles(folder)).toHaveLength(2);
    },
  );

  test("a newer version's database is refused and left as it is", async () => {
    await fill();
    const db = new DatabaseSync(join(folder, "catalog.sqlite"));
    db.exec("PRAGMA user_version = 999");
    db.close();
    await expect(openSqliteCatalog({ folder })).rejects.toMatchObject({ code: "DATA_CORRUPT" });
    expect((await readdir(folder)).some((name) => name.includes("corrupt"))).toBe(false);
  });

  test("orphaned files and half-written ones are swept at start", async () => {
    await fill();
    await writeFile(join(folder, "incoming", "half"), "half a picture");
    const orphan = "ab".repeat(32);
    await openSqliteCatalog({ folder }).then((catalog) => catalog.close());
    const shard = (await readdir(join(folder, "pictures")))[0] ?? "";
    await writeFile(join(folder, "pictures", shard, orphan), "orphan");
    const catalog = await openSqliteCatalog({ folder });
    expect(existsSync(join(folder, "pictures", shard, orphan))).toBe(false);
    expect(await readdir(join(folder, "incoming"))).toEqual([]);
    expect(await catalog.pictureRef((await testPicture(1)).hash)).not.toBeNull();
    await catalog.close();
  });

  test("a database that is gone is said, and its pictures wait for it to come back", async () => {
    const first = await openSqliteCatalog({ folder });
    const picture = await testPicture(1);
    await first.create(draft("A"), [picture]);
    await first.close();
    const backup = join(folder, "backup.sqlite");
    await rename(join(folder, "catalog.sqlite"), backup);
    const notices: string[] = [];
    for (let start = 0; start < 2; start += 1) {
      const empty = await openSqliteCatalog({ folder, onNotice: (notice) => notices.push(notice) });
      expect(await empty.allSkus()).toEqual([]);
      expect((await empty.health()).state).toBe(start === 0 ? "degraded" : "ready");
      await empty.close();
    }
    expect(notices).toEqual([expect.stringMatching(/catalog\.sqlite is gone.*backup/)]);
    await rename(backup, join(folder, "catalog.sqlite"));
    const again = await openSqliteCatalog({ folder });
    expect((await again.picture(picture.hash, "full")).bytes).toEqual(picture.bytes);
    await again.close();
  });

  test("a picture file that was lost is said, and comes back with its upload", async () => {
    const catalog = await openSqliteCatalog({ folder });
    const picture = await testPicture(1);
    await catalog.create(draft("A"), [picture]);
    await rm(join(folder, "pictures", picture.hash.slice(0, 2), picture.hash));
    await expect(catalog.picture(picture.hash, "full")).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
    expect(await catalog.pictureRef(picture.hash)).toBeNull();
    await catalog.upsert([{ draft: draft("A"), pictures: [picture], otherPictures: "remove" }]);
    expect((await catalog.picture(picture.hash, "full")).bytes).toEqual(picture.bytes);
    await catalog.close();
  });

  test("what was acknowledged survives kill -9; what was not left nothing half", async () => {
    const script = `
      import { openSqliteCatalog } from ${JSON.stringify(join(import.meta.dirname, "sqlite.ts"))};
      import { testPicture } from ${JSON.stringify(join(import.meta.dirname, "../test-pictures.ts"))};
      import { productDraftSchema } from ${JSON.stringify(join(import.meta.dirname, "../../../shared/contract/domain.ts"))};
      const catalog = await openSqliteCatalog({ folder: ${JSON.stringify(folder)} });
      for (let n = Number(process.argv[1]); ; n += 1) {
        await catalog.create(productDraftSchema.parse({ sku: "P" + n, name: "P" }), [await testPicture(n)]);
        process.stdout.write("P" + n + "\\n");
      }`;
    const acknowledged: string[] = [];
    for (const start of [0, 1000, 2000]) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script, String(start)], {
        stdio: ["ignore", "pipe", "inherit"],
        cwd: import.meta.dirname,
      });
      let out = "";
      await new Promise<void>((resolve) => {
        child.stdout.on("data", (data) => {
          out += data;
          if (out.split("\n").length > 12 + (start / 1000) * 5) child.kill("SIGKILL");
        });
        child.once("close", () => resolve());
      });
      acknowledged.push(...out.split("\n").slice(0, -1));
    }
    expect(acknowledged.length).toBeGreaterThan(30);
    const catalog = await openSqliteCatalog({ folder });
    const products = await catalog.getMany(acknowledged);
    expect(products).toHaveLength(acknowledged.length);
    for (const product of products) {
      const [picture] = product.pictures;
      expect((await catalog.picture(picture?.hash ?? "", "full")).bytes.byteLength).toBe(picture?.bytes);
    }
    expect(await pictureFiles(folder)).toHaveLength((await catalog.allSkus()).length * 2);
    await catalog.close();
  });

  test("a full disk is DISK_FULL, and what was there is whole", async (context) => {
    const small = join(folder, "small");
    try {
      execFileSync("sh", ["-c", 'mkdir "$0" && mount -t tmpfs -o size=2m tmpfs "$0"', small], { stdio: "ignore" });
    } catch {
      return context.skip("needs the right to mount a small file system (root, not in a locked-down container)");
    }
    const catalog = await openSqliteCatalog({ folder: small });
    try {
      let stored = 0;
      const fillUp = async () => {
        for (; stored < 500; stored += 1) {
          const picture = await testPicture(stored);
          await catalog.create(draft(`P${stored}`), [
            { ...picture, bytes: Buffer.concat([picture.bytes, Buffer.alloc(30_000)]) },
          ]);
        }
      };
      await expect(fillUp()).rejects.toMatchObject({ code: "DISK_FULL", retryable: false });
      expect(await catalog.allSkus()).toHaveLength(stored);
      const first = await catalog.get("P0");
      expect((await catalog.picture(first.pictures[0]?.hash ?? "", "full")).bytes.byteLength).toBeGreaterThan(30_000);
    } finally {
      await catalog.close();
      execFileSync("sh", ["-c", 'umount "$0"', small]);
    }
  });
});
