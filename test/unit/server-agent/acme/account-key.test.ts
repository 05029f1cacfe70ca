import { createHmac, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AccountKey } from "../../../../server-agent/acme/account-key.ts";

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
}

interface Signed {
  protected: string;
  payload: string;
  signature: string;
}

const PAIRS = {
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

describe.each(["ES256", "RS256"] as const)("an account key for %s", (alg) => {
  const { privateKey, publicKey } = PAIRS[alg];
  const key = new AccountKey(privateKey.export({ type: "pkcs8", format: "pem" }));

  it("signs what is sent, with its own public part until there is an account", () => {
    const first = JSON.parse(key.sign({ url: "https://ca.test/new", nonce: "n" }, { a: 1 })) as Signed;
    expect(decoded(first.protected)).toMatchObject({ alg, url: "https://ca.test/new", nonce: "n" });
    expect(createPublicKey({ key: decoded(first.protected).jwk as object, format: "jwk" }).equals(publicKey)).toBe(
      true,
    );
    const later = JSON.parse(
      key.sign({ url: "https://ca.test/1", nonce: "n", kid: "https://ca.test/me" }, undefined),
    ) as Signed;
    expect(decoded(later.protected)).toEqual({ alg, url: "https://ca.test/1", nonce: "n", kid: "https://ca.test/me" });
    expect(later.payload).toBe("");
    const content = Buffer.from(`${later.protected}.`);
    const by = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", content, by, Buffer.from(later.signature, "base64url"))).toBe(true);
  });

  it("is bound to an account with the authority by its MAC key", () => {
    const macKey = Buffer.from("a secret of the authority");
    const bound = key.bindTo({
      id: "kid-1",
      macKey: macKey.toString("base64url"),
      url: "https://ca.test/new",
    }) as Signed;
    expect(decoded(bound.protected)).toEqual({ alg: "HS256", kid: "kid-1", url: "https://ca.test/new" });
    const expected = createHmac("sha256", macKey).update(`${bound.protected}.${bound.payload}`).digest("base64url");
    expect(bound.signature).toBe(expected);
  });
});

it("a key of another kind is refused", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  expect(() => new AccountKey(privateKey.export({ type: "pkcs8", format: "pem" }))).toThrow(/neither/);
  expect(() => new AccountKey("no key")).toThrow();
});
