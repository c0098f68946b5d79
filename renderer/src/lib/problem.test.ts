import { ORPCError } from "@orpc/client";
import { expect, it } from "vitest";
import { toProblem } from "./problem.ts";

it("keeps code, message and whether a retry may help", () => {
  const error = new ORPCError("BUSY", { message: "256 matches wait already.", data: { retryable: true } });
  expect(toProblem(error)).toMatchObject({ code: "BUSY", message: "256 matches wait already.", retryable: true });
  expect(toProblem(error).nextStep).not.toBe("");
});

it("knows a lost connection and a cancelled call", () => {
  expect(toProblem(new TypeError("Failed to fetch"))).toMatchObject({ code: "ENGINE_GONE", retryable: true });
  expect(toProblem(new DOMException("stopped", "AbortError")).code).toBe("CANCELLED");
  expect(toProblem(new ORPCError("BAD_GATEWAY", { status: 502 })).code).toBe("ENGINE_GONE");
});

it("makes something of anything", () => {
  expect(toProblem("oops")).toMatchObject({ code: "INTERNAL", message: "oops", retryable: false });
  expect(toProblem(new ORPCError("BAD_REQUEST", { status: 400 })).code).toBe("INVALID_INPUT");
});
