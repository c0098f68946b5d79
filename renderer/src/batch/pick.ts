import { folderFiles } from "../lib/picked-files.ts";

/** Photos as people hand them over: chosen one by one, with their folder, or dropped. */

const PICTURE = /\.(jpe?g|jpe|jfif|png|webp|avif|gif|tiff?|heic|heif)$/i;

export interface PickedFiles {
  files: File[];
  paths: string[];
}

function choose(set: (input: HTMLInputElement) => void): Promise<File[]> {
  const input = document.createElement("input");
  input.type = "file";
  set(input);
  return new Promise((resolve) => {
    input.addEventListener("cancel", () => resolve([]));
    input.addEventListener("change", () => resolve([...(input.files ?? [])]));
    input.click();
  });
}

/** Files of one name, from several folders, are told apart. */
function named(files: readonly File[], pathOf: (file: File) => string): PickedFiles | null {
  const seen = new Map<string, number>();
  const paths = files.map((file) => {
    const path = pathOf(file);
    const times = seen.get(path) ?? 0;
    seen.set(path, times + 1);
    return times === 0 ? path : path.replace(/(\.\w+)?$/, ` (${times + 1})$1`);
  });
  return files.length === 0 ? null : { files: [...files], paths };
}

/** @returns null where nothing was chosen */
export async function pickFiles(): Promise<PickedFiles | null> {
  const files = await choose((input) => {
    input.multiple = true;
    input.accept = "image/*,.heic,.heif,.avif,.zip";
  });
  return named(files, ({ name }) => name);
}

/** The photos of a folder, under their paths with its own name. @returns null where there are none */
export async function pickFolder(): Promise<PickedFiles | null> {
  const { files } = folderFiles(
    await choose((input) => {
      input.webkitdirectory = true;
    }),
  );
  const photos = files.filter(({ name }) => PICTURE.test(name));
  return named(photos, (file) => file.webkitRelativePath || file.name);
}

const entriesOf = (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader();
  // Chromium gives a hundred at a time.
  const rest = (found: FileSystemEntry[]): Promise<FileSystemEntry[]> =>
    new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)).then((more) =>
      more.length === 0 ? found : rest([...found, ...more]),
    );
  return rest([]);
};

async function filesBelow(entry: FileSystemEntry): Promise<{ file: File; path: string }[]> {
  if (entry.isDirectory) {
    const inside: { file: File; path: string }[] = [];
    for (const each of await entriesOf(entry as FileSystemDirectoryEntry)) inside.push(...(await filesBelow(each)));
    return inside;
  }
  const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
  return [{ file, path: entry.fullPath.slice(1) }];
}

/** Of folders the photos in them; single files whatever they are, so that what is none is said. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<PickedFiles | null> {
  // To be asked for before the event is over.
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return named([...files], ({ name }) => name);
  const found = (await Promise.all(entries.map(filesBelow))).flat();
  const wanted = found.filter(({ path }) => !path.includes("/") || PICTURE.test(path));
  const paths = new Map(wanted.map(({ file, path }) => [file, path]));
  return named([...paths.keys()], (file) => paths.get(file) ?? file.name);
}
