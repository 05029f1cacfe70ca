import { describe, expect, it } from "vitest";
import { ChannelLimit } from "../../../../main/agent/channel-limit.ts";

/** Calls that are answered until the limit changes. */
function callsUntilMore(limit: ChannelLimit, now: number): { calls: number; value: number } {
  for (let calls = 1; calls <= 5000; calls += 1) {
    const value = limit.answered();
    if (value !== now) return { calls, value };
  }
  return { calls: Infinity, value: now };
}

describe("the limit of channels after a refusal", () => {
  it("is none before", () => {
    expect(callsUntilMore(new ChannelLimit(), Infinity).calls).toBe(Infinity);
  });

  it("grows again, one at a time, until there is none", () => {
    const limit = new ChannelLimit();
    let value = limit.refused(2);
    const seen = [value];
    while (value !== Infinity) {
      value = callsUntilMore(limit, value).value;
      seen.push(value);
    }
    expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8, 9, Infinity]);
  });

  it("is tried ever more rarely where the server refuses each time, but always again", () => {
    const limit = new ChannelLimit();
    limit.refused(2);
    // Those that were asked for beside it are refused, too, and say nothing more.
    limit.refused(2);
    const calls = Array.from({ length: 8 }, () => {
      const after = callsUntilMore(limit, 2).calls;
      limit.refused(2);
      return after;
    });
    expect(calls).toEqual([16, 32, 64, 128, 256, 512, 1024, 1024]);
  });

  it("is forgotten with the connection", () => {
    const limit = new ChannelLimit();
    limit.refused(2);
    expect(limit.forget()).toBe(Infinity);
    expect(callsUntilMore(limit, Infinity).calls).toBe(Infinity);
  });
});
