import { describe, expect, it } from "vitest";
import { livePause, pauseMs, runLive } from "./live-loop.ts";

const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

describe("live matching", () => {
  it("has at most one request in flight, however quick the camera is", async () => {
    const stop = new AbortController();
    let captured = 0;
    let matched = 0;
    let inFlight = 0;
    let most = 0;
    await runLive({
      capture: async () => ++captured,
      match: async () => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await soon();
        inFlight -= 1;
        matched += 1;
        if (matched === 20) stop.abort();
      },
      pause: async () => {},
      signal: stop.signal,
    });
    expect(most).toBe(1);
    expect(captured).toBe(20);
  });

  it("sends nothing after it was stopped while a frame was taken", async () => {
    const stop = new AbortController();
    let matched = 0;
    await runLive({
      capture: async () => {
        stop.abort();
        return 1;
      },
      match: async () => {
        matched += 1;
      },
      pause: async () => {},
      signal: stop.signal,
    });
    expect(matched).toBe(0);
  });

  it("goes on after a failure, and slows down while they last", async () => {
    const stop = new AbortController();
    const pauses: number[] = [];
    let call = 0;
    await runLive({
      capture: async () => 1,
      match: async () => {
        call += 1;
        if (call <= 3) throw new Error("gone");
      },
      pause: async (failures) => {
        pauses.push(failures);
        if (pauses.length === 5) stop.abort();
      },
      signal: stop.signal,
    });
    expect(pauses).toEqual([1, 2, 3, 0, 0]);
    expect(pauseMs(1)).toBeGreaterThan(pauseMs(0));
    expect(pauseMs(30)).toBe(5_000);
  });

  it("waits while the camera warms up", async () => {
    const stop = new AbortController();
    let asked = 0;
    let matched = 0;
    await runLive({
      capture: async () => (++asked < 3 ? null : asked),
      match: async () => {
        matched += 1;
        stop.abort();
      },
      pause: async () => {},
      signal: stop.signal,
    });
    expect([asked, matched]).toEqual([3, 1]);
  });

  it("stops in the middle of a pause", async () => {
    const stop = new AbortController();
    const started = performance.now();
    setTimeout(() => stop.abort(), 5);
    await livePause(6, stop.signal);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
