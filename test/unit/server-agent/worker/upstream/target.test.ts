import { expect, it } from "vitest";
import { targetOptions } from "../../../../../server-agent/core/config/upstream-target.ts";
import { Target } from "../../../../../server-agent/worker/upstream/target.ts";

class Idle {
  readonly usable = true;
  readonly calls: number = 0;
  isOpen = true;
  readonly idleSince: number;

  constructor(idleSince: number) {
    this.idleSince = idleSince;
  }

  destroy(): void {
    this.isOpen = false;
  }
}

function targetWith(idle: readonly Idle[]): Target<Idle> {
  const target = new Target<Idle>(targetOptions("http://127.0.0.1:1"), undefined);
  for (const connection of idle) target.keepIdle(connection);
  return target;
}

it("gives a request that can be repeated the connection used last, whatever its age", () => {
  const idle = [new Idle(0), new Idle(10)];
  expect(targetWith(idle).takeIdle(true, 60_000)).toBe(idle[1]);
  expect(idle.every(({ isOpen }) => isOpen)).toBe(true);
});

it("has one idle connection fewer for each fresh one that a request needs because all are too old", () => {
  const idle = [new Idle(0), new Idle(10)];
  const target = targetWith(idle);
  expect(target.takeIdle(false, 60_000)).toBeUndefined();
  expect(idle.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  expect(target.takeIdle(false, 60_000)).toBeUndefined();
  expect(idle.map(({ isOpen }) => isOpen)).toEqual([false, false]);
});

it("gives a request that cannot be repeated a connection that was in use a moment ago", () => {
  const idle = [new Idle(0), new Idle(59_500)];
  expect(targetWith(idle).takeIdle(false, 60_000)).toBe(idle[1]);
  expect(idle[0]?.isOpen).toBe(true);
});

it("of HTTP/2 has connections that take more calls, and keeps as few idle ones as it may", () => {
  const target = new Target<{ usable: boolean; calls: number; idleSince: number; destroy(): void }>(
    targetOptions("h2c://127.0.0.1:1"),
    undefined,
    1,
  );
  const connection = (calls: number, usable: boolean) => ({
    calls,
    usable,
    idleSince: 0,
    destroy: () => gone.push(calls),
  });
  const gone: number[] = [];
  const [full, free, idle] = [connection(100, false), connection(2, true), connection(0, true)];
  for (const each of [full, free, idle]) target.add(each);
  expect(target.shared()).toBe(free);
  expect(target.calls).toBe(102);
  expect(target.keepIdle(idle)).toBe(true);
  const other = connection(0, true);
  target.add(other);
  expect(target.keepIdle(other)).toBe(false);
  target.closeIdle();
  expect(gone).toEqual([0, 0]);
  target.drop(full);
  expect(target.calls).toBe(2);
});
