import { expect, it } from "vitest";
import { commonPath, folderFiles } from "./picked-files.ts";

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

it("finds where a file or a folder lies", () => {
  const one = { files: [picked("list.csv")], paths: null };
  expect(commonPath(one, () => "/shop/list.csv")).toBe("/shop/list.csv");
  expect(commonPath(one, () => null)).toBeNull();
  const folder = folderFiles(["shop/products.csv", "shop/images/a.jpg"].map(picked));
  expect(commonPath(folder, (file) => `/my/${file.webkitRelativePath}`)).toBe("/my/shop");
  expect(commonPath(folder, (file) => `C:\\my\\${file.webkitRelativePath.replaceAll("/", "\\")}`)).toBe("C:\\my\\shop");
  expect(commonPath(folder, (file) => `/${file.name}/${file.webkitRelativePath}`)).toBeNull();
  expect(commonPath({ files: [], paths: [] }, () => "/")).toBeNull();
});
