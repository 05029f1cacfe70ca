import { describe, expect, it } from "vitest";
import { parseEnd } from "../../../../server-agent/cli/parse-end.ts";

/** By this machine's clock, whatever its zone. */
function at(hour: number, minute: number, day = 23): Date {
  return new Date(2026, 10, day, hour, minute);
}

describe("another end", () => {
  it.each([
    ["+30m", { minutes: 30 }],
    ["-15m", { minutes: -15 }],
    ["+1h30m", { minutes: 90 }],
    ["none", { until: null }],
    ["23:30", { until: at(23, 30).toISOString() }],
    ["9:05", { until: at(9, 5, 24).toISOString() }],
    ["22:00", { until: at(22, 0, 24).toISOString() }],
    ["2030-01-31T23:00Z", { until: "2030-01-31T23:00:00.000Z" }],
    ["45m", { until: at(22, 45).toISOString() }],
  ])("%s", (text, end) => {
    expect(parseEnd(text, at(22, 0))).toEqual(end);
  });

  it.each(["", "+", "+0m", "24:00", "soon", "+30", "2020-01-01T00:00Z"])("refuses %j", (text) => {
    expect(() => parseEnd(text, at(22, 0))).toThrow();
  });
});
