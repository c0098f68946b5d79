import { ORPCError } from "@orpc/client";
import { expect, it } from "vitest";
import { refusedAt } from "./refused.ts";

const refusal = (details: Record<string, unknown>) =>
  new ORPCError("SETTINGS_INVALID", { message: "No.", data: { retryable: false, details } });

it("finds the settings that the engine refused", () => {
  expect(refusedAt(refusal({ path: "server.token" }))).toEqual({ "server.token": "No." });
  const problems = [{ path: "match.top", origin: "the change", reason: "Too small" }];
  expect(refusedAt(refusal({ problems }))).toEqual({ "match.top": "Too small" });
});

it("leaves alone what names none", () => {
  expect(refusedAt(refusal({ file: "config.json" }))).toEqual({});
  expect(refusedAt(new ORPCError("BUSY"))).toEqual({});
  expect(refusedAt(null)).toEqual({});
});
