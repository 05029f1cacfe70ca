import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Semaphore } from "../../../../main/timing/semaphore.ts";
import { repetitions } from "../../../support/repetitions.ts";

/** Lets everything run that can run. */
function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("a semaphore", () => {
  it("let so many work at a time, and all of them in the end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(3), { maxLength: 20 }), async (count, works) => {
        const semaphore = new Semaphore(count);
        let working = 0;
        let most = 0;
        await Promise.all(
          works.map((turns) =>
            semaphore.run(async () => {
              working += 1;
              most = Math.max(most, working);
              for (let at = 0; at < turns; at += 1) await turn();
              working -= 1;
            }),
          ),
        );
        expect(working).toBe(0);
        expect(most).toBeLessThanOrEqual(count);
      }),
      { numRuns: repetitions(40, 160) },
    );
  });

  it("are given to another while one waits for a person", async () => {
    const semaphore = new Semaphore(1);
    let answer: () => void = () => undefined;
    const order: string[] = [];
    const asking = semaphore.run(async (release) => {
      await release(() => new Promise<void>((resolve) => (answer = resolve)));
      order.push("answered");
    });
    await semaphore.run(() => {
      order.push("another");
      return Promise.resolve();
    });
    answer();
    await asking;
    expect(order).toEqual(["another", "answered"]);
  });

  it("are free again after a failure, also of the person", async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.run(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    await expect(semaphore.run((release) => release(() => Promise.reject(new Error("gone"))))).rejects.toThrow("gone");
    expect(await semaphore.run(() => Promise.resolve("free"))).toBe("free");
  });
});
