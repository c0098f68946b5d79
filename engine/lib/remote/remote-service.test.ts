import { describe, expect, test, vi } from "vitest";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { createRemoteService } from "./remote-service.ts";

const down = () => new ShelfmatchError("SERVICE_UNAVAILABLE", "Depot at depot:1 is not reachable.");

function depot({ deadlineMs = 1_000, concurrency = 4 } = {}) {
  return createRemoteService({ name: "Depot", address: "depot:1", deadlineMs, concurrency, translate: () => null });
}

/** Fails as often as is asked, then answers. */
function flaky(faults: number, fault: () => Error = down) {
  let calls = 0;
  return vi.fn(async () => {
    calls++;
    if (calls <= faults) throw fault();
    return "answer";
  });
}

describe("a remote service", () => {
  test("a call's result comes through, and is counted with its time", async () => {
    const service = depot();
    expect(await service.call("fetch a thing", async () => 42)).toBe(42);
    expect(service.status()).toMatchObject({
      breaker: "closed",
      calls: 1,
      failures: 0,
      inFlight: 0,
      lastFailure: null,
    });
    expect(service.status().latencyMs).toBeGreaterThanOrEqual(0);
  });

  test("is asked once more where that is safe, and only then", async () => {
    const safe = flaky(2);
    expect(await depot().call("read", safe, { retries: 2 })).toBe("answer");
    expect(safe).toHaveBeenCalledTimes(3);
    const unsafe = flaky(1);
    await expect(depot().call("write", unsafe)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(unsafe).toHaveBeenCalledTimes(1);
  });

  test("a refusal of one call is neither tried again nor held against the service", async () => {
    const service = depot();
    const refusal = flaky(99, () => new ShelfmatchError("PRODUCT_EXISTS", "There is such a product."));
    for (let i = 0; i < 10; i++) {
      await expect(service.call("add", refusal, { retries: 2 })).rejects.toMatchObject({ code: "PRODUCT_EXISTS" });
    }
    expect(refusal).toHaveBeenCalledTimes(10);
    expect(service.status()).toMatchObject({ breaker: "closed", failures: 0 });
  });

  test("one that hangs is given up at the deadline, whatever the library does with the signal", async () => {
    const service = depot({ deadlineMs: 30 });
    const hanging = service.call("answer", () => new Promise(() => {}));
    await expect(hanging).rejects.toMatchObject({ code: "TIMEOUT", retryable: true });
    await expect(hanging).rejects.toThrow(/Depot at depot:1 could not answer within 0.03 s/);
  });

  test("faults in a row open the breaker, which then refuses at once and lets one through after a pause", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const service = depot();
      for (let i = 0; i < 5; i++) await expect(service.call("read", flaky(1))).rejects.toThrow(/not reachable/);
      expect(service.status().breaker).toBe("open");
      const refused = vi.fn(async () => "never");
      await expect(service.call("read", refused)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
      await expect(service.call("read", refused)).rejects.toThrow(/tried again in a moment. Last: Depot at depot:1 is/);
      expect(refused).not.toHaveBeenCalled();
      expect(await service.probe("say hello", async () => "hello")).toBe("hello");
      vi.setSystemTime(Date.now() + 60_000);
      expect(await service.call("read", async () => "back")).toBe("back");
      expect(service.status().breaker).toBe("closed");
    } finally {
      vi.useRealTimers();
    }
  });

  test("a caller that goes away gets CANCELLED, and the service no bad name", async () => {
    const service = depot();
    for (let i = 0; i < 6; i++) {
      const gone = new AbortController();
      const call = service.call("read", () => new Promise(() => {}), { signal: gone.signal, retries: 2 });
      gone.abort();
      await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
    }
    expect(service.status()).toMatchObject({ breaker: "closed", failures: 0, inFlight: 0 });
  });

  test("what no queue can hold is refused as BUSY", async () => {
    const service = depot({ concurrency: 1 });
    const { promise: opened, resolve: open } = Promise.withResolvers<string>();
    const calls = Array.from({ length: 34 }, () => service.call("wait", () => opened));
    await expect(calls.at(-1)).rejects.toMatchObject({ code: "BUSY" });
    expect(service.status()).toMatchObject({ inFlight: 1, queued: 32 });
    open("done");
    expect(await Promise.all(calls.slice(0, 33))).toHaveLength(33);
  });

  test("an error that nobody foresaw names the service, what it was about and the reason", async () => {
    const call = depot().call("list its boxes", () => Promise.reject(new TypeError("boxes is not iterable")));
    await expect(call).rejects.toMatchObject({ code: "SERVICE_BAD_ANSWER" });
    await expect(call).rejects.toThrow(/Depot at depot:1 could not list its boxes: boxes is not iterable. See/);
  });
});
