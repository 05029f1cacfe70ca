/** Whatever operators write: it is refused with a reason, or it works on whatever visitors send. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../../../server-agent/contract/routes.ts";
import { matchesHost, parseHostPattern } from "../../../../server-agent/core/routing/host-pattern.ts";
import { normaliseHost } from "../../../../server-agent/core/routing/normalise-host.ts";
import { everyReading } from "../../../../server-agent/core/routing/path-readings.ts";
import { compileRegex } from "../../../../server-agent/core/routing/regex.ts";
import { readCorpus } from "../../../support/fuzz/corpus.ts";
import { mutated } from "../../../support/fuzz/mutated.ts";
import { repetitions } from "../../../support/repetitions.ts";

const text = mutated(readCorpus("patterns")).map((bytes) => bytes.toString("latin1"));
const runs = { numRuns: repetitions(500, 20_000) };

describe("patterns", () => {
  it("of hosts are refused, or say of every host whether it is meant", () => {
    fc.assert(
      fc.property(text, text, (written, asked) => {
        const parsed = parseHostPattern(written);
        if (parsed.ok) expect(typeof matchesHost(parsed.pattern, normaliseHost(asked))).toBe("boolean");
        else expect(parsed.message).not.toBe("");
      }),
      runs,
    );
  });

  it("as expressions are refused, or say of every text whether it fits", () => {
    fc.assert(
      fc.property(text, text, (written, asked) => {
        const compiled = compileRegex(written.replace(/^~/, ""));
        if (compiled.ok) expect(typeof compiled.regex.test(asked)).toBe("boolean");
        else expect(compiled.message).not.toBe("");
      }),
      runs,
    );
  });

  it("of paths: every address has readings, or is none", () => {
    fc.assert(
      fc.property(text, (asked) => {
        const readings = everyReading(asked.startsWith("/") ? asked : `/${asked}`);
        for (const reading of readings ?? []) expect(reading.startsWith("/")).toBe(true);
      }),
      runs,
    );
  });
});

describe("bodies of the admin API", () => {
  const schemas = Object.entries(ROUTES).flatMap(([name, route]) =>
    "body" in route ? [{ name, body: route.body }] : [],
  );
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.constantFrom<unknown>("", "~(", "/x", -1, 2 ** 53, 1e308, "2026-02-30T25:61:00Z", "\u0000", [], {}, null),
  );

  it("are taken or refused, and never break the agent", () => {
    const keys = fc.constantFrom(
      "site",
      "author",
      "body",
      "mode",
      "until",
      "hosts",
      "exceptions",
      "rules",
      "id",
      "page",
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...schemas),
        fc.dictionary(keys, odd),
        odd,
        fc.boolean(),
        ({ body }, record, other, isOther) => {
          expect(typeof body.safeParse(isOther ? other : record).success).toBe("boolean");
        },
      ),
      runs,
    );
  });
});
