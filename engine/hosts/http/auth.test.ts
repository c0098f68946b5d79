import { expect, it } from "vitest";
import { identify, login, SESSION_COOKIE } from "./auth.ts";

const settings = { engineToken: null, token: "a-token-of-the-house" };
const DAY_MS = 86_400_000;

it("a session ends by itself, and a later end can't be written into it", () => {
  const now = Date.now();
  const [pair = ""] = (login(settings.token, settings, false, now) ?? "").split(";");
  const at = (time: number, cookie = pair) => identify(new Headers({ cookie }), settings, time);
  expect(at(now)).toBe("token");
  expect(at(now + 29 * DAY_MS)).toBe("token");
  expect(at(now + 31 * DAY_MS)).toBeNull();
  const expires = Number(pair.split("=")[1]?.split(".")[0]);
  expect(at(now + 31 * DAY_MS, pair.replace(String(expires), String(expires + 9_999_999)))).toBeNull();
  expect(at(now, `${SESSION_COOKIE}=NaN.x`)).toBeNull();
});

it("the cookie goes over TLS only where the page came so", () => {
  expect(login(settings.token, settings, true)).toMatch(/; Secure$/);
  expect(login("wrong", settings, true)).toBeNull();
  expect(login("", { engineToken: null, token: null }, false)).toBeNull();
});
