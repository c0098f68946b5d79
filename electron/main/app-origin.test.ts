import { expect, it } from "vitest";
import { devServer, isOwnPage } from "./app-origin.ts";

it.each([
  ["app://shelfmatch/", true],
  ["app://shelfmatch/catalogue?a=b#c", true],
  ["app://shelfmatch.evil/", false],
  ["app://evil/shelfmatch", false],
  ["app:shelfmatch", false],
  ["https://shelfmatch/", false],
  ["file:///app://shelfmatch/", false],
  ["http://localhost:5173/", false],
  ["about:blank", false],
  ["data:text/html,app://shelfmatch/", false],
  ["", false],
])("%s is an own page: %s", (address, own) => {
  expect(isOwnPage(address, null)).toBe(own);
});

it("takes the dev server's pages only where the app is not packaged, and only of this machine", () => {
  const env = { ELECTRON_RENDERER_URL: "http://localhost:5173/" };
  expect(devServer(false, env)).toBe("http://localhost:5173");
  expect(isOwnPage("http://localhost:5173/catalogue", devServer(false, env))).toBe(true);
  expect(devServer(true, env)).toBeNull();
  expect(devServer(false, { ELECTRON_RENDERER_URL: "https://pages.example/" })).toBeNull();
  expect(devServer(false, {})).toBeNull();
});
