import { describe, expect, it } from "vitest";
import { lastLines } from "../../../../../server-agent/supervisor/hand-over/last-lines.ts";
import { type Counted, countedSince } from "../../../../../server-agent/adapters/builtin/counted.ts";
import { ObservedCounters } from "../../../../../server-agent/adapters/builtin/observed-counters.ts";
import { WriteQueue } from "../../../../../server-agent/supervisor/switch/write-queue.ts";
import { done } from "../../../../../server-agent/result.ts";

function drain(inFlight: number, drained: number, cut: number) {
  return { inFlight, drained, cut };
}

function counted(requests: number, ok: number, inFlight: number, drained: number): Counted {
  const hosts = { shop: drain(inFlight, drained, 1) };
  return {
    hosts: { shop: { requests, inFlight, status: { "2xx": ok } } },
    generations: { 4: { ...drain(inFlight, drained, 1), hosts } },
  };
}

describe("what was counted since a moment", () => {
  it("is the difference of what is summed up, and what is in flight now", () => {
    const before = counted(10, 8, 2, 3);
    const later: Counted = {
      hosts: { ...counted(15, 12, 1, 4).hosts, blog: { requests: 2, inFlight: 0, status: { "5xx": 2 } } },
      generations: { ...counted(15, 12, 1, 4).generations, 5: { ...drain(1, 0, 0), hosts: {} } },
    };
    expect(countedSince(later, before)).toEqual({
      hosts: {
        shop: { requests: 5, inFlight: 1, status: { "2xx": 4 } },
        blog: { requests: 2, inFlight: 0, status: { "5xx": 2 } },
      },
      generations: { 4: { ...drain(1, 1, 0), hosts: { shop: drain(1, 1, 0) } }, 5: { ...drain(1, 0, 0), hosts: {} } },
    });
    expect(countedSince(before, before)).toEqual({
      hosts: { shop: { requests: 0, inFlight: 2, status: { "2xx": 0 } } },
      generations: { 4: { ...drain(2, 0, 0), hosts: { shop: drain(2, 0, 0) } } },
    });
  });

  it("added to what was stored at that moment is the whole, also when workers end in between", () => {
    const counters = new ObservedCounters();
    counters.update(1, counted(10, 8, 2, 3));
    counters.update(2, counted(7, 7, 1, 0));
    const before = counters.total();
    let reports = 0;
    counters.changed = () => (reports += 1);
    counters.update(1, counted(14, 12, 1, 4));
    counters.end(1, true);
    for (let worker = 3; worker < 20; worker++) {
      counters.update(worker, counted(1, 1, 0, 0));
      counters.end(worker, true);
    }
    const since = countedSince(counters.total(), before);
    expect(since.hosts.shop).toEqual({ requests: 4 + 17, inFlight: 1, status: { "2xx": 4 + 17 } });
    // What was in flight when the worker ended was cut.
    expect(since.generations[4]?.hosts.shop).toEqual(drain(1, 1, 1 + 17));
    expect(reports).toBe(2 + 2 * 17);
  });
});

describe("last lines", () => {
  it("are the end of what was said, without what node adds", () => {
    expect(lastLines("")).toBe("");
    expect(lastLines(" \n\n")).toBe("");
    expect(lastLines("SyntaxError: no\n    at load (node:internal/x:1:2)\n\nNode.js v26.10.0\n")).toBe(
      ". It said last:\n  SyntaxError: no",
    );
    expect(lastLines("1\n2\n3\n4\n5\n6\n7")).toBe(". It said last:\n  3\n  4\n  5\n  6\n  7");
    expect(lastLines("x".repeat(1000)).length).toBeLessThan(400);
  });
});

describe("the write queue", () => {
  it("refuses what waits when it is closed, and says why", async () => {
    const queue = new WriteQueue();
    let release = (): void => undefined;
    const first = queue.run(async () => {
      await new Promise<void>((resolve) => (release = resolve));
      return done(1);
    });
    const second = queue.run(() => Promise.resolve(done(2)));
    await Promise.resolve();
    const closed = queue.close("handed over");
    release();
    await closed;
    expect(await first).toEqual({ ok: true, value: 1 });
    expect(await second).toMatchObject({ ok: false, refusal: { code: "agent.stopping", message: "handed over" } });
  });
});
