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
