import { ORPCError } from "@orpc/client";
import { expect, it } from "vitest";
import { isServiceFault, nextStepOf, toProblem } from "./problem.ts";

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

it("says what to do about a service of the stack, whichever its fault", () => {
  for (const code of ["SERVICE_UNAVAILABLE", "SERVICE_DENIED", "SERVICE_MISMATCH", "SERVICE_BAD_ANSWER"]) {
    const found = toProblem(new ORPCError(code, { message: "Qdrant at 127.0.0.1:6333 could not search." }));
    expect(found.code).toBe(code);
    expect(found.nextStep).toMatch(/service/i);
    expect(isServiceFault(code)).toBe(true);
  }
  expect(isServiceFault("TIMEOUT")).toBe(false);
  expect(nextStepOf("NO_SUCH_CODE")).toBe("");
});

it("leaves the command line's pointer out: the pages have a link", () => {
  const message = "Qdrant could not search. See the stack page, or run `shelfmatch doctor`.";
  expect(toProblem(new ORPCError("SERVICE_UNAVAILABLE", { message })).message).toBe("Qdrant could not search.");
});
