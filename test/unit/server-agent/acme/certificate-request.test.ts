/** Against OpenSSL, which reads what is written here. */
import { execFileSync } from "node:child_process";
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  certificateRequest,
  challengeCertificate,
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

it("the proof of a name has it alone, and what the authority asks for as a critical extension", async () => {
  const pem = await challengeCertificate("shop.test", "token.thumbprint", new Date());
  const certificate = new X509Certificate(pem.slice(pem.indexOf("-----BEGIN CERTIFICATE")));
  expect(certificate.subjectAltName).toBe("DNS:shop.test");
  expect(certificate.checkPrivateKey(createPrivateKey(pem))).toBe(true);
  const text = execFileSync("openssl", ["x509", "-noout", "-text"], { input: pem, encoding: "utf8" });
  expect(text).toContain("1.3.6.1.5.5.7.1.31: critical");
  // An octet string, as extensions are, with one of the SHA-256 in it (RFC 8737, 3).
  const digest = createHash("sha256").update("token.thumbprint").digest("hex");
  expect(certificate.raw.toString("hex")).toContain(`04220420${digest}`);
});
