/** Nothing but a pass that was made here opens a site: no guess, none altered, none elsewhere. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PassKey, signPass, verifyPass } from "../../../../../server-agent/worker/passes/token.ts";

const NOW = Date.parse("2026-11-23T00:30:00Z");
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const site = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
const pass: fc.Arbitrary<PassKey> = fc.record({
  id: fc.stringMatching(/^[0-9]{8}-[0-9]{6}-[0-9a-f]{6}$/),
  site,
  endMs: fc.integer({ min: NOW + 1, max: NOW + 400 * 86_400_000 }),
  key,
});

/** Of an agent that has these passes. */
function verify(token: string, forSite: string, ...passes: readonly PassKey[]): string | undefined {
  return verifyPass(token, forSite, NOW, (id) => passes.find((each) => each.id === id))?.id;
}

describe("a pass", () => {
  it("opens its own site until its end, and no other", () => {
    fc.assert(
      fc.property(pass, site, (made, other) => {
        const token = signPass(made);
        expect(verify(token, made.site, made)).toBe(made.id);
        if (other !== made.site) expect(verify(token, other, made)).toBeUndefined();
        expect(verify(token, made.site)).toBeUndefined();
        expect(verifyPass(token, made.site, made.endMs, () => made)).toBeUndefined();
        expect(token).toMatch(/^[A-Za-z0-9._-]{1,160}$/);
        expect(token).not.toContain(made.key);
      }),
    );
  });

  it("is none with any other key, end or site behind it", () => {
    fc.assert(
      fc.property(pass, key, site, fc.integer({ min: 1, max: 1_000_000 }), (made, otherKey, otherSite, later) => {
        const forged = [
          { ...made, key: otherKey },
          { ...made, endMs: made.endMs + later },
          { ...made, site: otherSite },
        ].filter((each) => JSON.stringify(each) !== JSON.stringify(made));
        for (const each of forged) expect(verify(signPass(each), made.site, made)).toBeUndefined();
        // What was signed for another site is none, also where the agent keeps it as this one's.
        if (otherSite !== made.site)
          expect(verify(signPass(made), otherSite, { ...made, site: otherSite })).toBeUndefined();
      }),
    );
  });

  it("is none once a single character is another one, is missing, or too many", () => {
    fc.assert(
      fc.property(
        pass,
        fc.nat(),
        fc.constantFrom("A", "a", "0", "-", "_", ".", "Z", "=", " "),
        (made, position, character) => {
          const token = signPass(made);
          const at = position % token.length;
          const altered = token.slice(0, at) + character + token.slice(at + 1);
          if (altered !== token) expect(verify(altered, made.site, made)).toBeUndefined();
          expect(verify(token.slice(0, at) + token.slice(at + 1), made.site, made)).toBeUndefined();
          expect(verify(token.slice(0, at) + character + token.slice(at), made.site, made)).toBeUndefined();
          expect(verify(token + character.repeat(100_000), made.site, made)).toBeUndefined();
        },
      ),
    );
  });

  it("cannot be guessed", () => {
    fc.assert(
      fc.property(pass, fc.oneof(fc.string({ unit: "binary" }), fc.base64String()), (made, guess) => {
        expect(verify(guess, made.site, made)).toBeUndefined();
        expect(verify(`${made.id}.${made.endMs.toString(36)}.${guess}`, made.site, made)).toBeUndefined();
      }),
    );
  });
});
