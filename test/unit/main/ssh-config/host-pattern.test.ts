import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesHostList, matchesPattern, matchesPatterns } from "../../../../main/ssh-config/host-pattern.ts";
import { repetitions } from "../../../support/repetitions.ts";

function letters(...more: string[]) {
  return fc.string({ unit: fc.constantFrom("a", "b", ".", ...more), maxLength: 8 });
}

describe("a pattern", () => {
  it("fits what the same regular expression fits", () => {
    fc.assert(
      fc.property(letters(), letters("*", "?"), (text, pattern) => {
        const source = pattern
          .replaceAll(".", String.raw`\.`)
          .replaceAll("*", ".*")
          .replaceAll("?", ".");
        expect(matchesPattern(text, pattern)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: repetitions(1_250, 20_000) },
    );
  });

  it("of many stars is as quick as any", () => {
    const startedAt = performance.now();
    expect(matchesPattern("a".repeat(2_000), "*a".repeat(200) + "b")).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe("several patterns", () => {
  it.each([
    ["web", ["web", "db"], true],
    ["web", ["*", "!web"], false],
    ["web", ["!web", "*"], false],
    ["web", ["!db", "*"], true],
    ["web", ["!db"], false],
    ["web", [], false],
    ["WEB", ["web"], false],
  ])("“%s” in %j: %s", (text, patterns, fits) => expect(matchesPatterns(text, patterns)).toBe(fits));

  it("of host names do not tell capitals apart", () => {
    expect(matchesHostList("Web.Example", "!db,*.EXAMPLE")).toBe(true);
    expect(matchesHostList("DB.example", "!db.*,*")).toBe(false);
  });
});
