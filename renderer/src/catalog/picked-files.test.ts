import { expect, it } from "vitest";
import { folderFiles } from "./picked-files.ts";

function picked(path: string): File {
  const file = new File(["x"], path.split("/").at(-1) ?? "");
  Object.defineProperty(file, "webkitRelativePath", { value: path });
  return file;
}

it("keeps the paths inside the folder and leaves litter out", () => {
  const { files, paths } = folderFiles(
    ["shop/products.csv", "shop/images/a.jpg", "shop/.DS_Store", "shop/images/Thumbs.db", "shop/.git/config"].map(
      picked,
    ),
  );
  expect(paths).toEqual(["products.csv", "images/a.jpg"]);
  expect(files.map((file) => file.name)).toEqual(["products.csv", "a.jpg"]);
});
