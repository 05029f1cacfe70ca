import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRegex, type Regex, MAX_GROUP_TEXT_CHARS } from "../../../../../server-agent/core/routing/regex.ts";
import { repetitions } from "../../../../support/repetitions.ts";

function regexOf(pattern: string, options?: { ignoreCase?: boolean }): Regex {
  const compiled = compileRegex(pattern, options);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.regex;
}

function refusalOf(pattern: string): string {
  const compiled = compileRegex(pattern);
  return compiled.ok ? "compiles" : compiled.message;
}

describe("regular expressions of operators", () => {
  it("are found anywhere and give their groups", () => {
    const regex = regexOf("/(old)/(\\d+)?(x)?");
    expect(regex.test("/shop/old/12")).toBe(true);
    expect(regex.test("/shop/new/12")).toBe(false);
    const text = "/shop/old/12";
    const found = regex.groups(text)?.map((span) => span && text.slice(span.start, span.end));
    expect(found).toEqual(["/old/12", "old", "12", undefined]);
    expect(regex.groups("/new")).toBeUndefined();
    expect(regex.groups(text.padEnd(MAX_GROUP_TEXT_CHARS))).toBeDefined();
    expect(regex.groups(text.padEnd(MAX_GROUP_TEXT_CHARS + 1))).toBeUndefined();
    expect(regex.groupCount).toBe(3);
  });

  it("keep no state between two texts", () => {
    const regex = regexOf("^a+$");
    expect([regex.test("aa"), regex.test("aa"), regex.test("ab"), regex.test("aa")]).toEqual([true, true, false, true]);
  });

  it("ignore case where asked", () => {
    expect(regexOf("^Shop", { ignoreCase: true }).test("shop.example.com")).toBe(true);
    expect(regexOf("^Shop").test("shop.example.com")).toBe(false);
  });

  // Each of these keeps a backtracking engine busy for longer than the universe exists; the test
  // would not end.
  it.each([
    "(a+)+$",
    "(a|aa)+$",
    "(a|a?)+b",
    "(.*)*x",
    "^(?:a?){300}a{300}$",
    "([a-zA-Z]+)*$",
    "(x+x+)+y",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
  ])("%s ends on long input", (pattern) => {
    const regex = regexOf(pattern);
    const text = `${"a".repeat(16_000)}!`;
    expect(typeof regex.test(text)).toBe("boolean");
    expect(regex.groups(`${"x".repeat(2000)}!`) === undefined).toBe(!regex.test(`${"x".repeat(2000)}!`));
  });

  it.each([
    ["(a", "missing closing )"],
    ["(?=a)", "RE2 has no look-ahead"],
    ["(?<!a)b", "RE2 has no look-ahead"],
    ["(a)\\1", "RE2 has no look-ahead"],
    ["a{1001}", "invalid repeat count"],
    ["*a", "missing argument"],
    ["x".repeat(1001), "1000 are allowed: split it"],
    ["(?:.{0,30}x){30}", "too costly"],
  ])("%s is refused with a way out", (pattern, part) => {
    expect(refusalOf(pattern)).toContain(part);
  });

  it("says nothing of its own flags in a message", () => {
    const compiled = compileRegex("(", { ignoreCase: true });
    expect(compiled.ok ? "" : compiled.message).toBe("the regular expression does not compile: missing closing ): `(`");
  });

  it("never throw, whatever the pattern and the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: fc.constantFrom(...Array.from("aAbx12 .\n\u00e9\ud800\u{1f600}")) }),
          fc.string({ unit: fc.constantFrom(..."ab(|)*+?{1}[^]\\.$:".split("")) }),
        ),
        fc.string({ unit: fc.constantFrom(...Array.from("aAbx12 .\n\u00e9\ud800\u{1f600}")) }),
        (pattern, text) => {
          const compiled = compileRegex(pattern);
          if (compiled.ok) expect(compiled.regex.test(text)).toBe(compiled.regex.groups(text) !== undefined);
          else expect(compiled.message).not.toBe("");
        },
      ),
      { numRuns: repetitions(125, 2_000) },
    );
  });
});
