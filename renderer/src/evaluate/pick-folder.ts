const PICTURE = /\.(jpe?g|jfif|png|webp|avif|gif|tiff?|heic|heif)$/i;

/** Asks for a folder. @returns its pictures under their paths in it, with its own name; null where nothing was chosen */
export function pickFolder(): Promise<{ files: File[]; paths: string[] } | null> {
  const input = document.createElement("input");
  input.type = "file";
  input.webkitdirectory = true;
  return new Promise((resolve) => {
    input.addEventListener("cancel", () => resolve(null));
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])].filter((file) => PICTURE.test(file.name) && !file.name.startsWith("."));
      const paths = files.map((file) => file.webkitRelativePath || file.name);
      resolve(files.length === 0 ? null : { files, paths });
    });
    input.click();
  });
}
