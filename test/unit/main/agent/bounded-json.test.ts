import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBoundedJson } from "../../../../main/agent/bounded-json.ts";
import { repetitions } from "../../../support/repetitions.ts";

function whyOf(text: string): string {
  const parsed = parseBoundedJson(text);
  return parsed.ok ? "" : parsed.failure;
}

describe("JSON of a stranger", () => {
  it("is what JSON.parse says, whatever stands in its strings", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        if (text.includes("__proto__")) return;
        expect(parseBoundedJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
      }),
      { numRuns: repetitions(125, 2_000) },
    );
    const brackets = JSON.stringify({ text: `\\"${"[".repeat(1000)}${"\\".repeat(7)}`, other: "{".repeat(1000) });
    expect(parseBoundedJson(brackets)).toEqual({ ok: true, value: JSON.parse(brackets) as unknown });
  });

  it("is refused before it is parsed when it is too deep, or has too many values", () => {
    expect(whyOf("[".repeat(201) + "]".repeat(201))).toContain("nested more than 200");
    expect(whyOf("[".repeat(200) + "]".repeat(200))).toBe("");
    expect(whyOf(`[${"1,".repeat(600_000)}1]`)).toContain("more than 600000 values");
    expect(whyOf('{"a":')).toBe("it is not JSON");
    expect(whyOf('"a string without an end')).toBe("it is not JSON");
  });

  it("may not have the key __proto__, however it is written; as a value it may stand", () => {
    expect(whyOf('{"__proto__":1}')).toContain("__proto__");
    expect(whyOf(`{"a":{"__proto__"${" ".repeat(10_000)}:1}}`)).toContain("__proto__");
    expect(whyOf(String.raw`{"\u005f\u005fproto__":1}`)).toContain("__proto__");
    expect(whyOf('{"author":"__proto__"}')).toBe("");
  });
});
