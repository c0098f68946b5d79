import { open } from "node:fs/promises";

/** Makes renames in the folder durable. Windows can't sync a folder, and needs no such thing on NTFS. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
