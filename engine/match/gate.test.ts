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
