/**
 * What `node:crypto` cannot write: the request by which a certificate is ordered (PKCS #10, RFC
 * 2986), and certificates that are signed by their own key: one for the time before, and one that
 * proves a name (RFC 8737).
 */
import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from "node:crypto";
import { promisify } from "node:util";
import type { AcmeAuthority } from "../contract/tls/acme.ts";
import {
  bitString,
  boolean,
  contextual,
  integer,
  nothing,
  octetString,
  oid,
  sequence,
  set,
  time,
  utf8,
} from "./der.ts";

export type KeyType = NonNullable<AcmeAuthority["keyType"]>;

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generate = promisify(generateKeyPair);

const COMMON_NAME = oid("2.5.4.3");
const SUBJECT_ALT_NAME = oid("2.5.29.17");
/** RFC 8737, 3. */
const ACME_IDENTIFIER = oid("1.3.6.1.5.5.7.1.31");
const EXTENSION_REQUEST = oid("1.2.840.113549.1.9.14");
/** By kind of key: the hash, and how a signature with it is called (RFC 5758, RFC 4055). */
const SIGNATURES: Readonly<Record<KeyType, { hash: string; algorithm: Buffer }>> = {
  "ecdsa-p256": { hash: "sha256", algorithm: sequence(oid("1.2.840.10045.4.3.2")) },
  "ecdsa-p384": { hash: "sha384", algorithm: sequence(oid("1.2.840.10045.4.3.3")) },
  "rsa-2048": { hash: "sha256", algorithm: sequence(oid("1.2.840.113549.1.1.11"), nothing()) },
};

const DAY_MS = 86_400_000;
/** It is used until the authority has answered, however long that takes. */
const SELF_SIGNED_DAYS = 3650;
const SERIAL_BYTES = 16;
const DNS_NAME = 2;

export function makeKeyPair(type: KeyType): Promise<KeyPair> {
  return type === "rsa-2048"
    ? generate("rsa", { modulusLength: 2048 })
    : generate("ec", { namedCurve: type === "ecdsa-p384" ? "P-384" : "P-256" });
}

/** PKCS #8 (RFC 5208), without a passphrase. */
export function privatePem({ privateKey }: KeyPair): string {
  return privateKey.export({ type: "pkcs8", format: "pem" });
}

/** DER. The names stand in the extension alone, as authorities read them. */
export function certificateRequest(names: readonly string[], type: KeyType, keys: KeyPair): Buffer {
  const extensions = sequence(alternativeNames(names));
  const attributes = contextual(0, true, sequence(EXTENSION_REQUEST, set(extensions)));
  return signed(sequence(integer(Buffer.of(0)), sequence(), publicPart(keys), attributes), type, keys);
}

/** PEM. Nobody trusts it, and its issuer says what it is. */
export function selfSigned(names: readonly string[], type: KeyType, keys: KeyPair, now: Date): string {
  return ownCertificate("Backsoon: certificate not issued yet", [alternativeNames(names)], { type, keys, now });
}

/**
 * PEM: a key, and the certificate by which an authority sees over TLS that the name is ours.
 *
 * @param keyAuthorization Token and thumbprint (RFC 8555, 8.1).
 */
export async function challengeCertificate(name: string, keyAuthorization: string, now: Date): Promise<string> {
  const type = "ecdsa-p256";
  const keys = await makeKeyPair(type);
  const digest = createHash("sha256").update(keyAuthorization).digest();
  const proof = sequence(ACME_IDENTIFIER, boolean(true), octetString(octetString(digest)));
  return `${privatePem(keys)}${ownCertificate("Backsoon: proof of a name", [alternativeNames([name]), proof], { type, keys, now })}`;
}

/** PEM. */
function ownCertificate(
  says: string,
  extensions: readonly Buffer[],
  { type, keys, now }: { type: KeyType; keys: KeyPair; now: Date },
): string {
  const issuer = sequence(set(sequence(COMMON_NAME, utf8(says))));
  const life = sequence(
    time(new Date(now.getTime() - DAY_MS)),
    time(new Date(now.getTime() + SELF_SIGNED_DAYS * DAY_MS)),
  );
  const serial = randomBytes(SERIAL_BYTES);
  // Positive, and not shortened by a zero in front.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const facts = sequence(
    contextual(0, true, integer(Buffer.of(2))),
    integer(serial),
    SIGNATURES[type].algorithm,
    issuer,
    life,
    issuer,
    publicPart(keys),
    contextual(3, true, sequence(...extensions)),
  );
  const text = signed(facts, type, keys).toString("base64").replaceAll(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function alternativeNames(names: readonly string[]): Buffer {
  const all = names.map((name) => contextual(DNS_NAME, false, Buffer.from(name, "latin1")));
  return sequence(SUBJECT_ALT_NAME, octetString(sequence(...all)));
}

function publicPart({ publicKey }: KeyPair): Buffer {
  return publicKey.export({ type: "spki", format: "der" });
}

function signed(content: Buffer, type: KeyType, { privateKey }: KeyPair): Buffer {
  const { hash, algorithm } = SIGNATURES[type];
  return sequence(content, algorithm, bitString(sign(hash, content, privateKey)));
}
