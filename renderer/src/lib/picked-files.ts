/** What imports.start takes. */
export interface ImportFiles {
  files: File[];
  /** Path of each file inside the chosen folder; null where single files were chosen. */
  paths: string[] | null;
}

/** What systems leave in folders by themselves. */
const LITTER = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$|__MACOSX\/)/i;

/** The files of a folder chosen with `webkitdirectory`, under their paths in it. */
export function folderFiles(picked: readonly File[]): ImportFiles {
  const files: File[] = [];
  const paths: string[] = [];
  for (const file of picked) {
    // `chosen-folder/shoes/1.jpg`: the folder's own name is not part of what it holds.
    const path = file.webkitRelativePath.split("/").slice(1).join("/") || file.name;
    if (LITTER.test(path)) continue;
    files.push(file);
    paths.push(path);
  }
  return { files, paths };
}

/**
 * Where what was picked lies on this machine: the one file, or the folder that holds them all; null where that is not
 * known.
 * @param pathOf path of a file; null where it has none
 */
export function commonPath({ files, paths }: ImportFiles, pathOf: (file: File) => string | null): string | null {
  const [first] = files;
  if (first === undefined) return null;
  if (paths === null) return files.length === 1 ? pathOf(first) : null;
  const roots = files.map((file, i) => {
    const path = pathOf(file);
    const inside = `/${paths[i] ?? ""}`;
    return path?.replaceAll("\\", "/").endsWith(inside) ? path.slice(0, -inside.length) : null;
  });
  const [root = null] = roots;
  return roots.every((one) => one === root) ? root : null;
}
