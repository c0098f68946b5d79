import { expect, it, vi } from "vitest";

vi.mock("electron", () => ({ app: {}, shell: {} }));
const { mayOpenOutside } = await import("./navigation.ts");

it.each([
  ["https://docs.docker.com/engine/install/", true],
  ["http://docs.docker.com/engine/install/", false],
  ["https://docs.docker.com.evil.example/", false],
  ["https://user@docs.docker.com/", false],
  ["https://docs.docker.com:8443/", false],
  ["https://evil.example/?https://docs.docker.com/", false],
  ["file:///etc/passwd", false],
  ["javascript:alert(1)", false],
  ["smb://docs.docker.com/share", false],
  ["ms-settings:privacy", false],
  ["", false],
])("opens %s outside: %s", (address, allowed) => {
  expect(mayOpenOutside(address)).toBe(allowed);
});
