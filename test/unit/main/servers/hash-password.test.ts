import { expect, it } from "vitest";
import { hashPassword } from "../../../../main/servers/hash-password.ts";
import { parseHash } from "../../../../server-agent/worker/auth/password-hash.ts";

it("makes a hash that the agent checks, another one each time", async () => {
  const [one, other] = [await hashPassword("pass wörd", { type: "basic" }), await hashPassword("x", { type: "basic" })];
  const parsed = parseHash(one);
  expect(parsed.ok && (await parsed.check("pass wörd"))).toBe(true);
  expect(parsed.ok && (await parsed.check("pass word"))).toBe(false);
  expect(one.slice(0, 29)).not.toBe(other.slice(0, 29));
});

// RFC 7616, 3.9.1: the hashes of its example.
it.each([
  ["MD5", "3d78807defe7de2157e2b0b6573a855f"],
  ["SHA-256", "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"],
] as const)("makes the %s that digests begin with", async (algorithm, hash) => {
  const use = { type: "digest", user: "Mufasa", realm: "http-auth@example.org", algorithm } as const;
  expect(await hashPassword("Circle of Life", use)).toBe(hash);
});
