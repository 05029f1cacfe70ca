import { expect, it } from "vitest";
import { SlicedWork } from "../../../../server-agent/worker/slices.ts";

/** Takes a while, a step each. */
function* steps(count: number, done: () => void = () => undefined): Generator<undefined, string, undefined> {
  try {
    for (let step = 0; step < count; step++) {
      const until = performance.now() + 2;
      while (performance.now() < until);
      yield;
    }
    return "all";
  } finally {
    done();
  }
}

it("lets others have their turn in the middle of long work", async () => {
  const work = new SlicedWork(steps(100));
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  expect(await work.run()).toBe("all");
  clearImmediate(next);
  expect(turns).toBeGreaterThan(5);
});

it("does short work at once", () => {
  const work = new SlicedWork(steps(0));
  void work.run();
  expect(work.result).toBe("all");
});

it("is finished in one go when somebody needs it now", async () => {
  const work = new SlicedWork(steps(10));
  const ran = work.run();
  expect(work.finish()).toBe("all");
  expect(await ran).toBe("all");
});

it("ends without a result when it is dropped, and cleans up", async () => {
  let isClean = false;
  const work = new SlicedWork(steps(100, () => (isClean = true)));
  const ran = work.run();
  work.drop();
  expect(await ran).toBeUndefined();
  expect(isClean).toBe(true);
});
