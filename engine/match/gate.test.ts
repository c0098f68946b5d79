import { expect, test } from "vitest";
import { createGate } from "./gate.ts";

test("lets so many in, the others in order, and refuses beyond the bound", async () => {
  const gate = createGate(1, () => 2);
  const order: string[] = [];
  const enterAs = async (name: string) => {
    const leave = await gate.enter();
    order.push(name);
    return leave;
  };
  const leaveFirst = await gate.enter();
  const second = enterAs("second");
  const third = enterAs("third");
  await expect(gate.enter()).rejects.toMatchObject({ code: "BUSY", retryable: true });
  leaveFirst();
  leaveFirst();
  (await second)();
  (await third)();
  expect(order).toEqual(["second", "third"]);
  (await gate.enter())();
});

test("a cancelled caller gives up its place in the queue", async () => {
  const gate = createGate(1, () => 5);
  const leave = await gate.enter();
  const controller = new AbortController();
  const waiting = gate.enter(controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
  const next = gate.enter();
  leave();
  (await next)();
  await expect(gate.enter(AbortSignal.abort())).rejects.toMatchObject({ code: "CANCELLED" });
});

test("it is idle when nobody is at work or waits", async () => {
  const gate = createGate(2, () => 5);
  await gate.idle();
  const first = await gate.enter();
  const second = await gate.enter();
  const third = gate.enter();
  let idle = false;
  const told = gate.idle().then(() => {
    idle = true;
  });
  first();
  second();
  const leave = await third;
  expect(idle).toBe(false);
  leave();
  await told;
  expect(idle).toBe(true);
});

test("work in bulk comes behind all others, leaves one place free, and is not waited for", async () => {
  const gate = createGate(3, () => 5);
  const order: string[] = [];
  const enterAs = async (name: string, priority: "interactive" | "bulk") => {
    const leave = await gate.enter(undefined, priority);
    order.push(name);
    return leave;
  };
  const bulk = [await enterAs("bulk 1", "bulk"), await enterAs("bulk 2", "bulk")];
  const third = enterAs("bulk 3", "bulk");
  await gate.idle();
  const first = await enterAs("person 1", "interactive");
  expect(order).toEqual(["bulk 1", "bulk 2", "person 1"]);
  const second = enterAs("person 2", "interactive");
  bulk[0]?.();
  const leaveSecond = await second;
  expect(order.at(-1)).toBe("person 2");
  first();
  const leaveThird = await third;
  expect(order.at(-1)).toBe("bulk 3");
  leaveSecond();
  await gate.idle();
  leaveThird();
  bulk[1]?.();
});

test("a cancelled one in bulk gives up its place in the queue, too", async () => {
  const gate = createGate(1, () => 5);
  const leave = await gate.enter(undefined, "bulk");
  const controller = new AbortController();
  const waiting = gate.enter(controller.signal, "bulk");
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
  leave();
  (await gate.enter())();
});
