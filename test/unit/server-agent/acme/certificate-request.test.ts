/** Against OpenSSL, which reads what is written here. */
import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  certificateRequest,
  makeKeyPair,
  privatePem,
  selfSigned,
} from "../../../../server-agent/acme/certificate-request.ts";

/** Long enough for lengths of two bytes. */
const NAMES = ["shop.test", ...Array.from({ length: 20 }, (_, at) => `name-${String(at)}.of.a.long.shop.test`)];

describe.each(["ecdsa-p256", "ecdsa-p384", "rsa-2048"] as const)("with a key of %s", (type) => {
  it("OpenSSL reads the request, and its signature is right", async () => {
    const request = certificateRequest(NAMES, type, await makeKeyPair(type));
    const text = execFileSync("openssl", ["req", "-inform", "DER", "-noout", "-text", "-verify"], {
      input: request,
      encoding: "utf8",
      stdio: "pipe",
    });
    for (const name of NAMES) expect(text).toContain(`DNS:${name}`);
  });

  it("the certificate for the time before is signed by its key, for the names, for years", async () => {
    const keys = await makeKeyPair(type);
    const certificate = new X509Certificate(selfSigned(NAMES, type, keys, new Date("2049-06-01T12:00:00Z")));
    expect(certificate.verify(keys.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(privatePem(keys)))).toBe(true);
    for (const name of NAMES) expect(certificate.checkHost(name, { subject: "never" })).toBe(name);
    expect(new Date(certificate.validFrom).toISOString()).toBe("2049-05-31T12:00:00.000Z");
    expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2059);
  });
});
