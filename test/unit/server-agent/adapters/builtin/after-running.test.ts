import { expect, it } from "vitest";
import { afterRunning } from "../../../../../server-agent/adapters/builtin/after-running.ts";

/** This whole process stands still. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it("what others have answered while this process stood still is read before the time is over", async () => {
  const order: string[] = [];
  const isOver = new Promise<void>((resolve) => {
    afterRunning(100, () => {
      order.push("over");
      resolve();
    });
  });
  // As a message that has come meanwhile: read after the timers that are due.
  setTimeout(() => setImmediate(() => order.push("answer")), 100);
  standStill(300);
  await isOver;
  expect(order).toEqual(["answer", "over"]);
});

it("it is over all the same where this process stands still again and again", async () => {
  const timer = setInterval(() => standStill(15), 1);
  await new Promise<void>((resolve) => void afterRunning(20, resolve));
  clearInterval(timer);
});

it("is called off", async () => {
  let isOver = false;
  const callOff = afterRunning(4, () => (isOver = true));
  callOff();
  await new Promise<void>((resolve) => void afterRunning(20, resolve));
  expect(isOver).toBe(false);
});
