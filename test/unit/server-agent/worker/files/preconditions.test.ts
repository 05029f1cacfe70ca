import { describe, expect, it } from "vitest";
import {
  evaluatePreconditions,
  ifRangeHolds,
  parseHttpDate,
} from "../../../../../server-agent/worker/files/preconditions.ts";

function request(fields: Partial<Record<string, string>>) {
  return { field: (name: string) => fields[name] };
}

const modified = Date.UTC(1994, 10, 6, 8, 49, 37);
const strong = { etag: '"abc"', modified };
const weak = { etag: 'W/"abc"', modified };
const same = "Sun, 06 Nov 1994 08:49:37 GMT";
const before = "Sun, 06 Nov 1994 08:49:36 GMT";

describe("preconditions (RFC 9110, 13)", () => {
  it.each([
    [{}, "proceed"],
    [{ "if-none-match": '"abc"' }, "not-modified"],
    [{ "if-none-match": 'W/"abc"' }, "not-modified"],
    [{ "if-none-match": '"x", W/"abc" , "y"' }, "not-modified"],
    [{ "if-none-match": "*" }, "not-modified"],
    [{ "if-none-match": '"ab"' }, "proceed"],
    [{ "if-none-match": '"other"', "if-modified-since": same }, "proceed"],
    [{ "if-modified-since": same }, "not-modified"],
    [{ "if-modified-since": before }, "proceed"],
    [{ "if-modified-since": "yesterday" }, "proceed"],
    [{ "if-match": '"abc"' }, "proceed"],
    [{ "if-match": "*" }, "proceed"],
    [{ "if-match": 'W/"abc"' }, "failed"],
    [{ "if-match": '"other"' }, "failed"],
    [{ "if-unmodified-since": same }, "proceed"],
    [{ "if-unmodified-since": before }, "failed"],
    [{ "if-match": '"abc"', "if-unmodified-since": before }, "proceed"],
    [{ "if-match": '"abc"', "if-none-match": '"abc"' }, "not-modified"],
  ] as const)("%o: %s", (headers, verdict) => {
    expect(evaluatePreconditions(request(headers), strong)).toBe(verdict);
  });

  it("compares If-Match strongly and If-None-Match weakly", () => {
    expect(evaluatePreconditions(request({ "if-match": 'W/"abc"' }), weak)).toBe("failed");
    expect(evaluatePreconditions(request({ "if-none-match": '"abc"' }), weak)).toBe("not-modified");
  });

  it("honours a range only for exactly the same bytes", () => {
    expect(ifRangeHolds(undefined, strong)).toBe(true);
    expect(ifRangeHolds('"abc"', strong)).toBe(true);
    expect(ifRangeHolds('"other"', strong)).toBe(false);
    expect(ifRangeHolds('W/"abc"', weak)).toBe(false);
    expect(ifRangeHolds(same, strong)).toBe(true);
    expect(ifRangeHolds(before, strong)).toBe(false);
  });

  it("reads all three date forms (RFC 9110, 5.6.7)", () => {
    expect(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT")).toBe(modified);
    expect(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT")).toBe(modified);
    expect(parseHttpDate("Sun Nov  6 08:49:37 1994")).toBe(modified);
    expect(parseHttpDate("1994-11-06")).toBeUndefined();
    expect(parseHttpDate(undefined)).toBeUndefined();
  });
});
