import { describe, expect, it } from "vitest";
import type { Connection } from "../../../../main/contract/servers.ts";
import { clockOff, ownClockOff } from "../../../../renderer/lib/clocks.ts";

const AT = "2026-01-01T00:00:00.000Z";
function ahead(clockAheadMs: number, roundTripMs = 10): { connection: Connection } {
  return {
    connection: { state: "connected", since: AT, observedAt: AT, roundTripMs, clockAheadMs },
  };
}
const away: { connection: Connection } = { connection: { state: "connecting", since: AT } };

describe("the clock of a server", () => {
  it.each([
    [0, undefined],
    [1990, undefined],
    [2500, "2.5 s ahead"],
    [-4200, "4.2 s behind"],
    [3 * 3_600_000, "3 h 00 min ahead"],
  ])("that is %d ms ahead: %s", (ms, words) => {
    expect(clockOff(ahead(ms), [ahead(ms)])).toBe(words);
    expect(ownClockOff([ahead(ms)])).toBe(undefined);
  });

  it("is known to half of a round trip only", () => {
    expect(clockOff(ahead(2500, 1200), [])).toBe(undefined);
    expect(clockOff(ahead(2700, 1200), [])).toBe("2.7 s ahead");
  });

  it("is not known while it is away", () => {
    expect(clockOff(away, [away])).toBe(undefined);
    expect(ownClockOff([away])).toBe(undefined);
  });

  it("is right where most agree: then this computer's is wrong", () => {
    const all = [ahead(30_000), ahead(30_100), ahead(29_900), ahead(0)];
    expect(all.map((server) => clockOff(server, all))).toEqual([undefined, undefined, undefined, "29.9 s behind"]);
    expect(ownClockOff(all)).toBe("29.9 s behind");
  });

  it("two servers that differ: this computer's decides", () => {
    const all = [ahead(30_000), ahead(0)];
    expect(all.map((server) => clockOff(server, all))).toEqual(["30.0 s ahead", undefined]);
    expect(ownClockOff(all)).toBe(undefined);
  });
});
