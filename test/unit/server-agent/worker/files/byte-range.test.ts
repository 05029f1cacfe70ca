import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRange } from "../../../../../server-agent/worker/files/byte-range.ts";

describe("parseRange", () => {
  it.each([
    ["bytes=0-0", 10, { first: 0, last: 0 }],
    ["bytes=2-", 10, { first: 2, last: 9 }],
    ["bytes=-3", 10, { first: 7, last: 9 }],
    ["bytes=-30", 10, { first: 0, last: 9 }],
    ["bytes=5-500", 10, { first: 5, last: 9 }],
    ["Bytes= 1-2 ", 10, { first: 1, last: 2 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=3-2", 10, "whole"],
    ["bytes=-", 10, "whole"],
    ["bytes=a-b", 10, "whole"],
    ["bytes=0-1,3-4", 10, "whole"],
    ["lines=0-1", 10, "whole"],
    ["bytes=99999999999999999999-", 10, "unsatisfiable"],
  ])("%s of %d bytes", (header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected);
  });

  it("never reaches outside the representation", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.option(fc.nat(2000)), fc.option(fc.nat(2000)), (size, from, to) => {
        const part = parseRange(`bytes=${from === null ? "" : String(from)}-${to === null ? "" : String(to)}`, size);
        if (typeof part === "string") return true;
        return part.first >= 0 && part.first <= part.last && part.last < size;
      }),
    );
  });
});
